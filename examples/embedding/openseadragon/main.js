// OpenSeadragon shows both channels, smoothed and coloured; its tiles are computed as they come into view.
import OpenSeadragon from 'openseadragon';
import { gaussianFilter, openOmeZarr } from 'tilewise';
import { openSeadragonTileSource } from 'tilewise/adapters/openseadragon';

const image = await openOmeZarr(new URL('../sample.ome.zarr', location.href));
const levels = Array.from({ length: image.levelCount }, (_, i) => {
  const smooth = gaussianFilter(image.level(i), [0, 2, 2]);
  return [
    { image: smooth.select({ c: 0 }), color: '4080FF', window: [0, 4000] },
    { image: smooth.select({ c: 1 }), color: 'FF8020', window: [0, 4000] },
  ];
});

new OpenSeadragon.Viewer({
  element: document.querySelector('#view'),
  tileSources: [openSeadragonTileSource(OpenSeadragon, levels)],
  showNavigationControl: false,
  // Milliseconds that a tile may take.
  timeout: 120_000,
});
