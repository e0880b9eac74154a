import { fromArray, medianFilter } from 'tilewise';
import { vivPixelSources } from 'tilewise/adapters/viv';

const image = fromArray(
  Uint8Array.from({ length: 2 * 100 * 100 }, (_, i) => i % 100),
  { shape: [2, 100, 100], chunks: [1, 64, 64], dimensionNames: ['c', 'y', 'x'] },
);

// `loader` of a Viv layer: a source a resolution.
const loader = vivPixelSources(medianFilter(image, { size: [1, 3, 3] }));
console.log(loader[0].labels, loader[0].dtype, loader[0].tileSize); // [ 'c', 'y', 'x' ] Uint8 64

const tile = await loader[0].getTile({ x: 1, y: 0, selection: { c: 1 } });
console.log(tile.width, tile.height, tile.data[0]); // 36 64 64
