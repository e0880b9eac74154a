// The package as it is: Vite finds the workers' script in it.
import { executorInfo, gaussianFilter, label, openOmeZarr, thresholdOtsu, toImageBitmap } from 'tilewise';

const image = await openOmeZarr(new URL('../sample.ome.zarr', location.href));
const nuclei = image.level(0).select({ c: 0 });
const smooth = gaussianFilter(nuclei, 2);
const { count } = label(smooth.gt(await thresholdOtsu(smooth)));

const picture = await toImageBitmap(smooth, { window: [0, 4000] });
const canvas = document.querySelector('canvas');
Object.assign(canvas, { width: picture.width, height: picture.height });
canvas.getContext('bitmaprenderer').transferFromImageBitmap(picture);

const { name, reason } = await executorInfo();
const isolated = crossOriginIsolated ? 'cross-origin isolated' : 'not cross-origin isolated';
document.querySelector('output').value = `${await count.item()} objects, by ${name}: ${reason}; ${isolated}`;
