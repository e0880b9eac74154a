// deck.gl's TileLayer over a computed image.
import { Deck, OrthographicView } from '@deck.gl/core';
import { TileLayer } from '@deck.gl/geo-layers';
import { BitmapLayer } from '@deck.gl/layers';
import { type BitmapTile, deckglTiles } from 'tilewise/adapters/deckgl';
import { layersOf, TILE, VIEW } from './image';
import { image, ready } from './shared';

const layer = new TileLayer<BitmapTile | null>({
  id: 'computed',
  ...deckglTiles(image.map(layersOf), { tileSize: TILE }),
  renderSubLayers: ({ id, data }) => data && new BitmapLayer({ id, ...(data as BitmapTile) }),
});

const deck = new Deck({
  parent: document.querySelector<HTMLDivElement>('#view')!,
  ...VIEW,
  views: new OrthographicView({ flipY: true }),
  viewState: { target: [0, 0, 0], zoom: 0 },
  layers: [layer],
});

ready({
  show(x, y, zoom) {
    deck.setProps({ viewState: { target: [x, y, 0], zoom } });
  },
});
