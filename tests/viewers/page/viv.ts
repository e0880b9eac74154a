// Viv's layer over a computed image.
import { Deck, OrthographicView } from '@deck.gl/core';
import { MultiscaleImageLayer } from '@vivjs/layers';
import type { Color, PixelSource } from '@vivjs/types';
import { vivPixelSources } from 'tilewise/adapters/viv';
import { CHANNELS, VIEW } from './image';
import { image, ready } from './shared';

const loader = vivPixelSources<['c']>(image) satisfies PixelSource<['c']>[];
const bytes = (color: string): Color => {
  const value = Number.parseInt(color, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};

// Its extension's colours are no part of the layer's type.
const props = {
  id: 'computed',
  loader,
  dtype: loader[0].dtype,
  selections: CHANNELS.map((_, c) => ({ c })),
  contrastLimits: CHANNELS.map(({ window }) => window),
  channelsVisible: CHANNELS.map(() => true),
  colors: CHANNELS.map(({ color }) => bytes(color)),
};
const layer = new MultiscaleImageLayer(props);

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
