// What a GPU's executor dispatches and moves, operation by operation. `make` builds the result of the library t and of
// arrays by dtype; `ideal` is what the best known kernels take (bytes a pixel, dispatches): each input read once and each
// result written once, and what does not fit a workgroup in between. `most` is what ours may take: asserted by
// tests/exec/webgpu/cost.test.ts.
const taps = { data: Float64Array.from({ length: 49 }, (_, i) => 1 / (1 + i)), shape: [7, 7] };
const turn = [
  [0.9, 0.1],
  [-0.1, 0.9],
];
const row = (make, ideal, most) => ({
  make,
  ideal: { bytes: ideal[0], dispatches: ideal[1] },
  most: { bytes: most[0], dispatches: most[1] },
});

export const GPU_OPERATIONS = {
  'add a number, float32': row((_, x) => x.float32.add(1), [8, 1], [8, 1]),
  'three operations on pixels, float32': row((_, x) => x.float32.add(1).multiply(2).gt(3), [5, 1], [5, 1]),
  'astype, uint16 to float32': row((_, x) => x.uint16.astype('float32'), [6, 1], [6, 1]),
  'gaussianFilter sigma 2, float32': row((t, x) => t.gaussianFilter(x.float32, 2), [8, 1], [8.14, 1]),
  'gaussianFilter sigma 2, uint16': row((t, x) => t.gaussianFilter(x.uint16, 2), [4, 1], [4.08, 1]),
  'gaussianFilter sigma 2, uint8': row((t, x) => t.gaussianFilter(x.uint8, 2), [2, 1], [2.04, 1]),
  'uniformFilter 15, float32': row((t, x) => t.uniformFilter(x.float32, { size: 15 }), [16, 2], [16.24, 2]),
  'sobel, float32': row((t, x) => t.sobel(x.float32), [8, 1], [8.03, 1]),
  'laplace, float32': row((t, x) => t.laplace(x.float32), [8, 1], [8.03, 1]),
  'gaussianGradientMagnitude sigma 1, float32': row(
    (t, x) => t.gaussianGradientMagnitude(x.float32, 1),
    [8, 1],
    [8.08, 1],
  ),
  'correlate 7 x 7, float32': row((t, x) => t.correlate(x.float32, taps), [8, 1], [8.06, 1]),
  'maximumFilter 15, float32': row((t, x) => t.maximumFilter(x.float32, { size: 15 }), [8, 1], [8.12, 1]),
  'maximumFilter 15, uint8': row((t, x) => t.maximumFilter(x.uint8, { size: 15 }), [2, 1], [2.04, 1]),
  'medianFilter 3, float32': row((t, x) => t.medianFilter(x.float32, { size: 3 }), [8, 1], [8.03, 1]),
  'medianFilter 5, uint8': row((t, x) => t.medianFilter(x.uint8, { size: 5 }), [2, 1], [2.02, 1]),
  'medianFilter 5, uint16': row((t, x) => t.medianFilter(x.uint16, { size: 5 }), [4, 1], [4.03, 1]),
  'medianFilter 5, float32': row((t, x) => t.medianFilter(x.float32, { size: 5 }), [8, 1], [8.05, 1]),
  'medianFilter 15, uint8': row((t, x) => t.medianFilter(x.uint8, { size: 15 }), [2, 1], [2.04, 1]),
  'medianFilter 15, uint16': row((t, x) => t.medianFilter(x.uint16, { size: 15 }), [4, 1], [4.07, 1]),
  'medianFilter 15, float32': row((t, x) => t.medianFilter(x.float32, { size: 15 }), [8, 1], [8.13, 1]),
  'medianFilter 31, uint8': row((t, x) => t.medianFilter(x.uint8, { size: 31 }), [2, 1], [2.08, 1]),
  'binaryErosion, a byte a pixel': row((t, x) => t.binaryErosion(x.bool), [2, 1], [2.01, 1]),
  'binaryOpening, a byte a pixel': row((t, x) => t.binaryOpening(x.bool), [2, 1], [4.02, 2]),
  'affineTransform order 1, float32': row(
    (t, x) => t.affineTransform(x.float32, turn, { order: 1 }),
    [8, 1],
    [8.05, 1],
  ),
  'affineTransform order 3, float32': row(
    (t, x) => t.affineTransform(x.float32, turn, { order: 3 }),
    [24, 3],
    [24.64, 3],
  ),
  'sum, float32': row((_, x) => x.float32.sum(), [4, 2], [4.03, 1]),
  'label, numbers of objects (first pass)': row((t, x) => t.label(x.bool).count, [6.5, 6], [7.52, 3]),
  'label, both passes': row((t, x) => t.label(x.bool).labels, [21, 13], [23.77, 10]),
};
