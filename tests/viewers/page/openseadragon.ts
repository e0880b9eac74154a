// OpenSeadragon over a computed image.
import OpenSeadragon from 'openseadragon';
import { openSeadragonTileSource } from 'tilewise/adapters/openseadragon';
import { layersOf, TILE } from './image';
import { image, option, ready } from './shared';

const viewer = new OpenSeadragon.Viewer({
  element: document.querySelector<HTMLDivElement>('#view')!,
  tileSources: [openSeadragonTileSource(OpenSeadragon, image.map(layersOf), { tileSize: TILE })],
  drawer: option('drawer') as 'canvas' | 'webgl',
  showNavigationControl: false,
  visibilityRatio: 0,
  minZoomImageRatio: 0.01,
  imageSmoothingEnabled: false,
  animationTime: 0,
  blendTime: 0,
});

viewer.addOnceHandler('open', () =>
  ready({
    show(x, y, zoom) {
      const { viewport } = viewer;
      viewport.zoomTo(viewport.imageToViewportZoom(2 ** zoom), undefined, true);
      viewport.panTo(viewport.imageToViewportCoordinates(x, y), true);
    },
  }),
);
