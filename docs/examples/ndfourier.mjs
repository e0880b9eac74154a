import { fromArray } from 'tilewise';
import { fourierGaussian, fourierShift } from 'tilewise/ndfourier';

// The spectrum of an image is an array whose dtype is complex: real and imaginary parts in turn.
const parts = Float32Array.of(10, 0, -2, 2, -2, 0, -2, -2);
const spectrum = fromArray(parts, { shape: [4], dtype: 'complex64' });

// Shifting by one element turns every frequency by its own angle.
const shifted = fourierShift(spectrum, 1);
console.log(shifted.dtype, await shifted.slice(1).item()); // complex64 { re: 2, im: 2 }

// Smoothing keeps the mean, at frequency zero, and weakens the rest.
const magnitude = await fourierGaussian(spectrum, 1).absolute().compute();
console.log(Array.from(magnitude.data, (v) => v.toFixed(2)).join(' ')); // 10.00 0.82 0.01 0.82
