// What a web developer would take instead: rows as in functionTable.mjs, with `opencv` besides: the same over cv, the Mat x
// and an empty Mat y for the result, `imageJs` over image-js (a typed array), `tfjs` over TensorFlow.js and the tensor x. `bar` is the least
// ratio of the peer's time to ours that we want; `within` is how far OpenCV's result may lie from SciPy's way:
// relative to the range for floats, absolute for integers, which it rounds; 'labels' means equal up to numbering.
const square = (side) => ({
  data: Float64Array.from({ length: side * side }, (_, i) => 1 / (1 + i)),
  shape: [side, side],
});
const mat = (cv, { data, shape }) => cv.matFromArray(shape[0], shape[1], cv.CV_64F, Array.from(data));

/** A filter of rank one as two convolutions of TensorFlow.js, along the columns and along the rows. */
const separable = (tf, x, weights) => {
  const n = weights.length;
  const down = tf.conv2d(x, tf.tensor4d(weights, [n, 1, 1, 1]), 1, 'same');
  return tf.conv2d(down, tf.tensor4d(weights, [1, n, 1, 1]), 1, 'same');
};
const gaussianWeights = (sigma, radius) => {
  const raw = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = raw.reduce((a, b) => a + b);
  return raw.map((v) => v / sum);
};
const ones = (side) => Array.from({ length: side }, () => new Array(side).fill(1));

/** Enlarges by 1.25 and moves: what warpAffine (inverse map, x first) and affine_transform (y first) both can say. */
const SCALE = 0.8;
const MOVE = [100, 50];
const affine = (order) => ({
  tilewise: (t, x) => t.affineTransform(x, [SCALE, SCALE], { offset: MOVE, order }),
  scipy: `nd.affine_transform(x, [${SCALE}, ${SCALE}], offset=[${MOVE}], order=${order})`,
  opencv(cv, x, y) {
    const matrix = mat(cv, { data: [SCALE, 0, MOVE[1], 0, SCALE, MOVE[0]], shape: [2, 3] });
    const flags = (order === 1 ? cv.INTER_LINEAR : cv.INTER_CUBIC) | cv.WARP_INVERSE_MAP;
    cv.warpAffine(x, y, matrix, new cv.Size(x.cols, x.rows), flags, cv.BORDER_CONSTANT, new cv.Scalar());
    matrix.delete();
  },
});

export const PEERS = {
  'gaussian sigma 2, float32': {
    bar: { opencv: 4, scipy: 4 },
    tilewise: (t, x) => t.gaussianFilter(x, 2),
    scipy: 'nd.gaussian_filter(x, 2)',
    opencv: (cv, x, y) => cv.GaussianBlur(x, y, new cv.Size(17, 17), 2, 2, cv.BORDER_REFLECT),
    tfjs: (tf, x) => separable(tf, x, gaussianWeights(2, 8)),
    within: 1e-5,
    on: ['float32'],
  },
  'gaussian sigma 2, uint8': {
    bar: { opencv: 4, scipy: 4 },
    tilewise: (t, x) => t.gaussianFilter(x, 2),
    scipy: 'nd.gaussian_filter(x, 2)',
    opencv: (cv, x, y) => cv.GaussianBlur(x, y, new cv.Size(17, 17), 2, 2, cv.BORDER_REFLECT),
    imageJs: ({ gaussianBlur }, x) =>
      gaussianBlur(x, { sigma: 2, size: 17, borderType: 'reflect' }).getRawImage().data,
    within: 2,
    on: ['uint8'],
  },
  'sobel, float32': {
    bar: { opencv: 1, scipy: 4 },
    tilewise: (t, x) => t.sobel(x),
    scipy: 'nd.sobel(x)',
    opencv: (cv, x, y) => cv.Sobel(x, y, cv.CV_32F, 1, 0, 3, 1, 0, cv.BORDER_REFLECT),
    within: 1e-5,
    on: ['float32'],
  },
  'median 5, uint8': {
    bar: { opencv: 2, scipy: 4 },
    tilewise: (t, x) => t.medianFilter(x, { size: 5, mode: 'nearest' }),
    scipy: "nd.median_filter(x, 5, mode='nearest')",
    opencv: (cv, x, y) => cv.medianBlur(x, y, 5),
    imageJs: ({ medianFilter }, x) =>
      medianFilter(x, { cellSize: 5, borderType: 'replicate' }).getRawImage().data,
    within: 0,
    on: ['uint8'],
  },
  'median 5, float32': {
    bar: { opencv: 4, scipy: 4 },
    tilewise: (t, x) => t.medianFilter(x, { size: 5, mode: 'nearest' }),
    scipy: "nd.median_filter(x, 5, mode='nearest')",
    opencv: (cv, x, y) => cv.medianBlur(x, y, 5),
    within: 0,
    on: ['float32'],
  },
  'median 15, uint8': {
    bar: { opencv: 1.5 },
    tilewise: (t, x) => t.medianFilter(x, { size: 15, mode: 'nearest' }),
    opencv: (cv, x, y) => cv.medianBlur(x, y, 15),
    within: 0,
    on: ['uint8'],
  },
  'box 15, float32': {
    bar: { opencv: 1, scipy: 4 },
    tilewise: (t, x) => t.uniformFilter(x, { size: 15 }),
    scipy: 'nd.uniform_filter(x, 15)',
    opencv: (cv, x, y) => cv.blur(x, y, new cv.Size(15, 15), new cv.Point(-1, -1), cv.BORDER_REFLECT),
    tfjs: (tf, x) => tf.avgPool(x, 15, 1, 'same'),
    within: 1e-5,
    on: ['float32'],
  },
  'dilate 15, uint8': {
    bar: { opencv: 1.5, scipy: 4 },
    tilewise: (t, x) => t.maximumFilter(x, { size: 15 }),
    scipy: 'nd.maximum_filter(x, 15)',
    opencv: (cv, x, y) =>
      cv.dilate(
        x,
        y,
        cv.Mat.ones(15, 15, cv.CV_8U),
        new cv.Point(-1, -1),
        1,
        cv.BORDER_REFLECT,
        new cv.Scalar(),
      ),
    imageJs: ({ dilate }, x) => dilate(x, { kernel: ones(15) }).getRawImage().data,
    within: 0,
    on: ['uint8'],
  },
  'maximum 15, float32': {
    bar: { opencv: 1.5, scipy: 4 },
    tilewise: (t, x) => t.maximumFilter(x, { size: 15 }),
    scipy: 'nd.maximum_filter(x, 15)',
    opencv: (cv, x, y) =>
      cv.dilate(
        x,
        y,
        cv.Mat.ones(15, 15, cv.CV_8U),
        new cv.Point(-1, -1),
        1,
        cv.BORDER_REFLECT,
        new cv.Scalar(),
      ),
    tfjs: (tf, x) => tf.maxPool(x, 15, 1, 'same'),
    within: 0,
    on: ['float32'],
  },
  'correlate 7 x 7, float32': {
    bar: { opencv: 1.5, scipy: 4 },
    tilewise: (t, x) => t.correlate(x, square(7)),
    scipy: 'nd.correlate(x, (1 / np.arange(1., 50)).reshape(7, 7))',
    opencv(cv, x, y) {
      const kernel = mat(cv, square(7));
      cv.filter2D(x, y, -1, kernel, new cv.Point(-1, -1), 0, cv.BORDER_REFLECT);
      kernel.delete();
    },
    tfjs: (tf, x) => tf.conv2d(x, tf.tensor4d(Array.from(square(7).data), [7, 7, 1, 1]), 1, 'same'),
    within: 1e-5,
    on: ['float32'],
  },
  'affine order 1, float32': { ...affine(1), bar: { opencv: 1.5, scipy: 2 }, within: 0.05, on: ['float32'] },
  // OpenCV's cubic is no B-spline: only the time is comparable.
  'affine order 3, float32': { ...affine(3), bar: { opencv: 1.5, scipy: 2 }, within: 1, on: ['float32'] },
  'label cross': {
    bar: { opencv: 1.3, scipy: 2 },
    tilewise: (t, x) => t.label(x).labels,
    scipy: 'nd.label(x)[0].astype(np.uint32)',
    opencv: (cv, x, y) => void cv.connectedComponents(x, y, 4, cv.CV_32S),
    within: 'labels',
    on: ['mask'],
  },
  'label square, table of areas, boxes, centres': {
    bar: { opencv: 1.3, scipy: 2 },
    async tilewise(t, x) {
      const { labels } = t.label(x, {
        structure: [
          [1, 1, 1],
          [1, 1, 1],
          [1, 1, 1],
        ],
      });
      const properties = ['area', 'centroid', 'bbox'];
      await t.regionTable(x, { labelImage: labels, properties });
      return labels;
    },
    scipy: 'labelTable(x)',
    opencv(cv, x, y) {
      const [stats, centroids] = [new cv.Mat(), new cv.Mat()];
      cv.connectedComponentsWithStats(x, y, stats, centroids, 8, cv.CV_32S);
      stats.delete();
      centroids.delete();
    },
    within: 'labels',
    on: ['mask'],
  },
};
