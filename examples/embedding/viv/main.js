// Viv draws the image's first channel, smoothed; its tiles are computed as they come into view.
import { Deck, OrthographicView } from '@deck.gl/core';
import { MultiscaleImageLayer } from '@vivjs/layers';
import { gaussianFilter, openOmeZarr } from 'tilewise';
import { vivPixelSources } from 'tilewise/adapters/viv';

const image = await openOmeZarr(new URL('../sample.ome.zarr', location.href));
const levels = Array.from({ length: image.levelCount }, (_, i) => gaussianFilter(image.level(i), [0, 2, 2]));
const loader = vivPixelSources(levels);
const [, height, width] = loader[0].shape;

new Deck({
  parent: document.querySelector('#view'),
  views: new OrthographicView({ controller: true, flipY: true }),
  initialViewState: { target: [width / 2, height / 2, 0], zoom: 0 },
  layers: [
    new MultiscaleImageLayer({
      id: 'smooth',
      loader,
      dtype: loader[0].dtype,
      selections: [{ c: 0 }],
      contrastLimits: [[0, 4000]],
      channelsVisible: [true],
      colors: [[255, 255, 255]],
    }),
  ],
});
