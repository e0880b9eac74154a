// What is measured: a line a function. `tilewise` makes the result of the library t and the array x (and c, the array that
// `second` names); `scipy` is the same in Python (nd = scipy.ndimage, fft = scipy.fft,
// np = numpy; turn is scipyPartner.py's); `on` names the arrays (default: the images), of arrays.mjs.
export const IMAGES = ['float32', 'uint8', 'volume'];
const PLANES = ['float32', 'uint8'];
const MASKS = ['mask', 'maskVolume'];

/** A cross of ones and twos is not separable: it stays an n-D correlation. */
const cross = (rank, side) => {
  const shape = new Array(rank).fill(side);
  const half = (side - 1) / 2;
  const data = Array.from({ length: side ** rank }, (_, i) => {
    let distance = 0;
    for (let rest = i, axis = 0; axis < rank; axis++) {
      distance += Math.abs((rest % side) - half);
      rest = Math.floor(rest / side);
    }
    return 1 / (1 + distance);
  });
  return { data: Float64Array.from(data), shape };
};
const weights = (side) => `1 / (1 + sum(np.abs(np.indices((${side},) * x.ndim) - ${(side - 1) / 2})))`;

/** A turn by 20 degrees about the centre of the last two axes. */
const turn = (shape) => {
  const rank = shape.length;
  const [sin, cos] = [Math.sin(Math.PI / 9), Math.cos(Math.PI / 9)];
  const matrix = Array.from({ length: rank }, (_, i) =>
    Array.from({ length: rank }, (_, j) => Number(i === j)),
  );
  const [a, b] = [rank - 2, rank - 1];
  Object.assign(matrix[a], { [a]: cos, [b]: sin });
  Object.assign(matrix[b], { [a]: -sin, [b]: cos });
  const centre = shape.map((n) => (n - 1) / 2);
  return {
    matrix,
    offset: centre.map((c, i) => c - matrix[i].reduce((sum, m, j) => sum + m * centre[j], 0)),
  };
};
const affine = (order) => (t, x) => {
  const { matrix, offset } = turn(x.shape);
  return t.affineTransform(x, matrix, { offset, order });
};

/** Objects that are measured. */
const INDEX = Int32Array.from({ length: 5000 }, (_, i) => i + 1);
const RANGE = `np.arange(1, ${INDEX.length + 1})`;
const LABELLED = { second: 'labels', on: PLANES };

/** A measurement of objects: SciPy's in terms of x, c (labels) and i (those wanted). */
const byLabel = (name, scipy) => ({
  [`${name} by label`]: {
    ...LABELLED,
    tilewise: (t, x, c) => t[name](x, { labelImage: c, index: INDEX }),
    scipy: `(lambda i: ${scipy})(${RANGE})`,
  },
});

const FILTERS = {
  'gaussianFilter sigma 2': {
    tilewise: (t, x) => t.gaussianFilter(x, 2),
    scipy: 'nd.gaussian_filter(x, 2)',
  },
  'gaussianGradientMagnitude sigma 2': {
    tilewise: (t, x) => t.gaussianGradientMagnitude(x, 2),
    scipy: 'nd.gaussian_gradient_magnitude(x, 2)',
  },
  'gaussianLaplace sigma 2': {
    tilewise: (t, x) => t.gaussianLaplace(x, 2),
    scipy: 'nd.gaussian_laplace(x, 2)',
  },
  'uniformFilter 15': {
    tilewise: (t, x) => t.uniformFilter(x, { size: 15 }),
    scipy: 'nd.uniform_filter(x, 15)',
  },
  sobel: { tilewise: (t, x) => t.sobel(x), scipy: 'nd.sobel(x)' },
  prewitt: { tilewise: (t, x) => t.prewitt(x), scipy: 'nd.prewitt(x)' },
  laplace: { tilewise: (t, x) => t.laplace(x), scipy: 'nd.laplace(x)' },
  'correlate 3': {
    tilewise: (t, x) => t.correlate(x, cross(x.rank, 3)),
    scipy: `nd.correlate(x, ${weights(3)})`,
  },
  'correlate 7': {
    tilewise: (t, x) => t.correlate(x, cross(x.rank, 7)),
    scipy: `nd.correlate(x, ${weights(7)})`,
    on: PLANES,
  },
  'convolve 3': {
    tilewise: (t, x) => t.convolve(x, cross(x.rank, 3)),
    scipy: `nd.convolve(x, ${weights(3)})`,
  },
  'minimumFilter 3': {
    tilewise: (t, x) => t.minimumFilter(x, { size: 3 }),
    scipy: 'nd.minimum_filter(x, 3)',
  },
  'maximumFilter 15': {
    tilewise: (t, x) => t.maximumFilter(x, { size: 15 }),
    scipy: 'nd.maximum_filter(x, 15)',
  },
  'medianFilter 3': { tilewise: (t, x) => t.medianFilter(x, { size: 3 }), scipy: 'nd.median_filter(x, 3)' },
  'medianFilter 5': {
    tilewise: (t, x) => t.medianFilter(x, { size: 5 }),
    scipy: 'nd.median_filter(x, 5)',
    on: PLANES,
  },
  'rankFilter 2 of 3': {
    tilewise: (t, x) => t.rankFilter(x, 2, { size: 3 }),
    scipy: 'nd.rank_filter(x, 2, 3)',
  },
  'percentileFilter 20% of 3': {
    tilewise: (t, x) => t.percentileFilter(x, 20, { size: 3 }),
    scipy: 'nd.percentile_filter(x, 20, 3)',
  },
  'genericFilter 3, a function of the calling side': {
    tilewise: (t, x) => t.genericFilter(x, (values) => Math.max(...values) - values[4], { size: 3 }),
    scipy: 'nd.generic_filter(x, lambda v: v.max() - v[4], 3)',
    on: ['crop'],
  },
  // Through SciPy: skimage 0.19's own spends 30 s in finding the dtype.
  'thresholdLocal 15, gaussian': {
    tilewise: (t, x) => t.thresholdLocal(x, 15),
    scipy: 'nd.gaussian_filter(x.astype(float), 14 / 6)',
    on: PLANES,
  },
  'thresholdLocal 15, mean': {
    tilewise: (t, x) => t.thresholdLocal(x, 15, { method: 'mean' }),
    scipy: 'nd.uniform_filter(x.astype(float), 15)',
    on: PLANES,
  },
  'thresholdLocal 3, median': {
    tilewise: (t, x) => t.thresholdLocal(x, 3, { method: 'median' }),
    scipy: 'nd.median_filter(x.astype(float), 3)',
    on: PLANES,
  },
};

const OTHERS = {
  'affineTransform order 1': {
    tilewise: affine(1),
    scipy: 'nd.affine_transform(x, *turn(x), order=1)',
  },
  'affineTransform order 3': {
    tilewise: affine(3),
    scipy: 'nd.affine_transform(x, *turn(x), order=3)',
    on: PLANES,
  },
  'rotate 20, order 1': {
    tilewise: (t, x) => t.rotate(x, 20, { order: 1, axes: [x.rank - 1, x.rank - 2] }),
    scipy: 'nd.rotate(x, 20, (x.ndim - 1, x.ndim - 2), order=1)',
  },
  'rotate 20, order 3': {
    tilewise: (t, x) => t.rotate(x, 20, { axes: [x.rank - 1, x.rank - 2] }),
    scipy: 'nd.rotate(x, 20, (x.ndim - 1, x.ndim - 2))',
    on: PLANES,
  },
  'shift by 2.5, order 3': {
    tilewise: (t, x) => t.shift(x, 2.5),
    scipy: 'nd.shift(x, 2.5)',
    on: PLANES,
  },
  'zoom by 0.7, order 1': {
    tilewise: (t, x) => t.zoom(x, 0.7, { order: 1 }),
    scipy: 'nd.zoom(x, 0.7, order=1)',
  },
  'zoom by 0.7, order 3': {
    tilewise: (t, x) => t.zoom(x, 0.7),
    scipy: 'nd.zoom(x, 0.7)',
    on: PLANES,
  },
  'mapCoordinates order 3': {
    tilewise: (t, x, c) => t.mapCoordinates(x, c),
    scipy: 'nd.map_coordinates(x, c)',
    second: 'waves',
    on: PLANES,
  },
  'mapCoordinates order 1': {
    tilewise: (t, x, c) => t.mapCoordinates(x, c, { order: 1 }),
    scipy: 'nd.map_coordinates(x, c, order=1)',
    second: 'waves',
    on: PLANES,
  },
  'splineFilter order 3': {
    tilewise: (t, x) => t.splineFilter(x),
    scipy: 'nd.spline_filter(x)',
  },
  'splineFilter1d order 3': { tilewise: (t, x) => t.splineFilter1d(x), scipy: 'nd.spline_filter1d(x)' },
  'binaryErosion cross': {
    tilewise: (t, x) => t.binaryErosion(x),
    scipy: 'nd.binary_erosion(x)',
    on: MASKS,
  },
  'binaryDilation cross': {
    tilewise: (t, x) => t.binaryDilation(x),
    scipy: 'nd.binary_dilation(x)',
    on: MASKS,
  },
  'binaryOpening cross': {
    tilewise: (t, x) => t.binaryOpening(x),
    scipy: 'nd.binary_opening(x)',
    on: MASKS,
  },
  'binaryClosing cross, 3 times': {
    tilewise: (t, x) => t.binaryClosing(x, { iterations: 3 }),
    scipy: 'nd.binary_closing(x, iterations=3)',
    on: MASKS,
  },
  fftn: { tilewise: (t, x) => t.fftn(x), scipy: 'fft.fftn(x)' },
  ifftn: { tilewise: (t, x) => t.ifftn(x), scipy: 'fft.ifftn(x)' },
  rfftn: { tilewise: (t, x) => t.rfftn(x), scipy: 'fft.rfftn(x)' },
  irfftn: { tilewise: (t, x) => t.irfftn(x), scipy: 'fft.irfftn(x)' },
  'fourierGaussian sigma 2': {
    tilewise: (t, x) => t.fourierGaussian(x, 2),
    scipy: 'nd.fourier_gaussian(x, 2)',
  },
  'fourierUniform 15': { tilewise: (t, x) => t.fourierUniform(x, 15), scipy: 'nd.fourier_uniform(x, 15)' },
  'fourierEllipsoid 15': {
    tilewise: (t, x) => t.fourierEllipsoid(x, 15),
    scipy: 'nd.fourier_ellipsoid(x, 15)',
  },
  'fourierShift by 2.5': { tilewise: (t, x) => t.fourierShift(x, 2.5), scipy: 'nd.fourier_shift(x, 2.5)' },
  'label cross': {
    tilewise: (t, x) => t.label(x).labels,
    scipy: 'nd.label(x)[0].astype(np.uint32)',
    on: MASKS,
  },
  ...byLabel('area', 'nd.sum_labels(np.ones_like(x), c, i).astype(np.int64)'),
  ...byLabel('sumLabels', 'nd.sum_labels(x, c, i)'),
  ...byLabel('mean', 'nd.mean(x, c, i)'),
  ...byLabel('variance', 'nd.variance(x, c, i)'),
  ...byLabel('standardDeviation', 'nd.standard_deviation(x, c, i)'),
  ...byLabel('minimum', 'nd.minimum(x, c, i)'),
  ...byLabel('maximum', 'nd.maximum(x, c, i)'),
  // Of several equal values SciPy takes any position: the values are compared, the positions found as well.
  'extrema by label': {
    ...LABELLED,
    tilewise: async (t, x, c) => {
      const found = Object.values(t.extrema(x, { labelImage: c, index: INDEX }));
      await Promise.all(found.map((array) => array.compute()));
      return found[0];
    },
    scipy: `(lambda i: nd.extrema(x, c, i)[0])(${RANGE})`,
  },
  // Of two values in the middle SciPy takes the mean in the image's own type.
  'median by label': {
    ...LABELLED,
    tilewise: (t, x, c) => t.median(x, { labelImage: c, index: INDEX }).astype('float32'),
    scipy: `nd.median(x, c, ${RANGE}).astype(np.float32)`,
  },
  ...byLabel('centerOfMass', 'np.array(nd.center_of_mass(x, c, i))'),
  'histogram by label': {
    ...LABELLED,
    tilewise: async (t, x, c) => {
      const { data, shape } = await t.histogram(x, 0, 0.01, 64, { labelImage: c, index: INDEX });
      return t.fromArray(data, { shape });
    },
    scipy: `(lambda i: np.stack(nd.histogram(x, 0, 0.01, 64, c, i)).astype(float))(${RANGE})`,
    on: ['float32'],
  },
  'labeledComprehension by label, a count': {
    ...LABELLED,
    tilewise: (t, x, c) => t.labeledComprehension(x, c, INDEX, (values) => values.length, 'int64', 0),
    scipy: `(lambda i: nd.labeled_comprehension(x, c, i, len, np.int64, 0))(${RANGE})`,
  },
  'findObjects by label': {
    ...LABELLED,
    tilewise: async (t, _x, c) => {
      const boxes = (await t.findObjects(c)).slice(0, INDEX.length);
      return t.fromArray(Int32Array.from(boxes.flat(2)), { shape: [INDEX.length * 4] });
    },
    scipy: 'np.array([[s.start, s.stop] for b in nd.find_objects(c)[:5000] for s in b], np.int32).ravel()',
    on: ['uint8'],
  },
  'median of the whole image': {
    tilewise: (t, x) => t.median(x),
    scipy: 'np.float64(nd.median(x))',
    on: PLANES,
  },
};

const withBar = (specs, scipy) =>
  Object.fromEntries(Object.entries(specs).map(([key, spec]) => [key, { bar: { scipy }, ...spec }]));

export const FUNCTIONS = { ...withBar(FILTERS, 4), ...withBar(OTHERS, 2) };
