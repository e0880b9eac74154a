import { fromArray } from 'tilewise';
import { fftn, fftshift, fourierGaussian, fourierShift, irfftn, rfftn } from 'tilewise/ndfourier';

// An image with one bright element, and its spectrum: magnitude 1 everywhere.
const pixels = new Float32Array(6 * 8);
pixels[2 * 8 + 3] = 1;
const image = fromArray(pixels, { shape: [6, 8] });
const spectrum = fftn(image);
console.log(spectrum.dtype, spectrum.shape); // complex64 [ 6, 8 ]
const { data } = await fftshift(spectrum).absolute().compute();
console.log(data.every((v) => Math.abs(v - 1) < 1e-6)); // true

// A real image needs half a spectrum only: shifted by (1, 2) there, and back. Nothing is computed before the last line.
const half = rfftn(image);
const moved = irfftn(fourierShift(half, [1, 2], { n: 8 }), { s: [6, 8] });
console.log((await moved.slice(3, 5).item()).toFixed(3)); // 1.000

// Smoothing by a product: the sum stays.
const smooth = irfftn(fourierGaussian(half, 1, { n: 8 }));
console.log(Number(await smooth.sum().item()).toFixed(3)); // 1.000
