// Why rows miss their bars, as profiles say, and what was tried: written beside them when they do.
const COPIES =
  'OpenCV works where its image lies; Tilewise copies each tile into the heap of its kernels and the result out of it: 64 MB each way, 15 ms each as measured, out of which two workers make half.';
const FOURIER =
  'A profile shows the transform of a line at the speed of the one in SciPy (12.7 against 13.0 µs for 4096 complex64), and 30 to 40% of the time in copies between shared memory and the heaps of the kernels (265 MB a real transform of 4096 x 4096), which an in-place transform of one array does not have. Kept: lines in place, gaps against conflicts in the cache, memory between passes used again, passes over whole planes of volumes. Tried: tiles of 32, 64, 129, 232 and 416 columns, which differ by less than runs do; larger ones do not fit a cache, smaller ones copy shorter rows. Not tried: mirrored halves made with their originals, columns stored in blocks between passes.';
const GROUPING =
  'A profile shows the labels read once for their spans and the elements copied by these, a quarter of the time each, and a fifth in copying both images to the heaps of the kernels; putting the parts of labels together and calling the function stay on one thread. Kept: one pass where the elements fit the memory budget (else two, of which the first finds the tile of each label), spans instead of numbered labels. SciPy sorts the labels of the whole image once, in memory.';
const FLOAT64 =
  'Integers are interpolated in float64, two lanes a vector, so that they are rounded as SciPy rounds them. Kept: rows of weights once an axis, pairs of outputs, runs of constants skipped.';
const RECURSION =
  'The recursion of the spline is cut into a filter of 47 taps, which chunks and vectors need; SciPy runs the recursion itself, two operations a pixel and pass.';
const LABELS =
  'The kernels take 31 ms of one core for both passes (copies in 6, runs and union 10, filling 4, copies out to shared memory 11, which V8 does 1.7 times slower than to other memory); the rest is messages for 32 tiles and code that is not yet optimised in the first runs. Kept: runs instead of label images between scan and table, final labels filled at once, a second tile queued at each worker. Not done: keeping the runs of the first pass for the second, which would save 8 ms at most (tiles change workers).';
const VOLUME =
  'A profile shows two thirds of the time in sums of 17 taps, which follow those of SciPy bit for bit, an eighth in making floats of integers, and a twentieth in copies. Kept: chunks of whole rows, which took a third off all filters of volumes (halos on two axes, copies of planes and not of rows of 128); weights that are whole numbers in 16 bits, eight lanes, three times faster. Kept too: sums in float32, and in float64 only where these leave the integer open, which took a sixth off Gaussians.';

const SWEEPS =
  'Two passes of 16 bits each. A profile shows a sixth of the time in counting, a seventh in adding up the counts of tiles, the rest spread over copies and making keys. Kept: counting instead of sorting; keys compared four at a time, which halved the processor time. Not tried: keys with the prefix kept from the first pass, counts added up in the workers. SciPy selects in one copy of the whole image.';

const REASONS = {
  'genericFilter 3, a function of the calling side':
    'The function is called on the calling thread, as it stands; a function of a module, or of WGSL, runs in workers or on a GPU.',
  'correlate 3':
    'Two passes of three taps, as weights of rank one are run: a third of the time in a profile, and as much in copies to the heaps of the kernels and out of them, which take as long for three taps as for the 17 of a Gaussian. Kept: windows read where they stand, tables of positions made without lists (a fifth of the time).',
  'median of the whole image': SWEEPS,
  'sobel volume': VOLUME,
  'prewitt volume': VOLUME,
  'laplace volume': VOLUME,
  'sobel, float32': COPIES,
  'box 15, float32': COPIES,
  'affine order 1, float32':
    'A profile shows half of the time in the kernel that gathers four neighbours a pixel, a sixth in copies to the heaps of the kernels and out of them; values and weights are float64, as in SciPy, where OpenCV rounds coordinates to 1/32 of a pixel.',
  fftn: FOURIER,
  ifftn: FOURIER,
  rfftn: FOURIER,
  irfftn: FOURIER,
  'labeledComprehension by label, a count': GROUPING,
  'findObjects by label':
    'A profile shows a fifth of the time in copying labels to the heaps of the kernels, a fifth in finding and numbering their runs, a twentieth each in the largest label and in boxes of runs; the rest is planning, messages and merges of 16 tiles. Kept: runs in one sweep, where numbered labels were written as an image and read again (1.5 times as fast), and one reader for all rows of the table.',
  'histogram by label': GROUPING,
  'affineTransform order 3': FLOAT64,
  'rotate 20, order 3': FLOAT64,
  'rotate 20, order 1': FLOAT64,
  'affineTransform order 1': FLOAT64,
  'zoom by 0.7, order 1': FLOAT64,
  'mapCoordinates order 1':
    'Coordinates are float64, 64 MB of them: they are read twice, first to find which part of the image a tile needs. Kept: that survey by vectors, pairs of outputs.',
  'mapCoordinates order 3':
    'Coordinates are float64, 64 MB of them: they are read twice, first to find which part of the image a tile needs.',
  'splineFilter1d order 3': RECURSION,
  'splineFilter order 3': RECURSION,
  'label cross': LABELS,
  'label square, table of areas, boxes, centres': LABELS,
  'gaussianFilter sigma 2 volume': VOLUME,
  'gaussianLaplace sigma 2 volume': VOLUME,
  'gaussianGradientMagnitude sigma 2 volume': VOLUME,
  'uniformFilter 15 volume': VOLUME,
};

/** Of a row's function, on the row's array or on all. */
export const reasonOf = ({ key, on }) => REASONS[`${key} ${on}`] ?? REASONS[key];
