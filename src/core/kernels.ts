// The WASM kernels' exports, as the ops' CPU halves call them. Implemented in kernels/*.ts (AssemblyScript).
// Pointers are byte offsets into the exported memory. Layouts are C order and dense.

/** Dtype codes passed to kernels: index into DTYPES of dtype.ts. */
export type DTypeCode = number;

export interface CpuKernels {
  readonly memory: WebAssembly.Memory;
  readonly heapBase: number;

  /**
   * Correlates every line of one axis. The input is seen as [outer, inputLength, inner], the output as
   * [outer, outputLength, inner], both of dtype code `dtype`. `table` holds outputLength + taps - 1 i32 positions
   * along the input axis (-1: cval): output[o, y, i] = sum_k weights[k] * input[o, table[y + k], i].
   * float32 accumulates in float32; every other dtype follows scipy's NI_Correlate1D bit for bit in float64
   * (same order of operations, symmetric and antisymmetric weights folded) and is then cast like C.
   * `weights` are f64.
   */
  correlate1d(
    input: number,
    output: number,
    dtype: DTypeCode,
    outer: number,
    inputLength: number,
    outputLength: number,
    inner: number,
    table: number,
    weights: number,
    taps: number,
    cval: number,
    scratch: number,
  ): void;
  /** Bytes of scratch that correlate1d needs. */
  correlate1dScratch(
    dtype: DTypeCode,
    inputLength: number,
    outputLength: number,
    inner: number,
    taps: number,
  ): number;

  /**
   * Correlates a block of up to four axes: input `inputShape`, output `outputShape` (i32 x 4, leading ones), with
   * `inner` elements at each position, both of dtype code `dtype`. `extent` (i32 x 4) is what all windows together
   * span: outputShape + window - 1. `tables` holds, for each axis in turn, `extent` i32 positions along the input axis
   * (-1: cval). Each of `count` taps adds weights[k] (f64) times the element `offsets[k]` (u32, in elements) after the
   * window's first one inside a dense array of shape [...extent, inner].
   * float32 accumulates in float32; every other dtype follows scipy's NI_Correlate bit for bit in float64 (given its
   * order of taps, without the weights it drops) and is then cast like C.
   */
  correlate(
    input: number,
    output: number,
    dtype: DTypeCode,
    inputShape: number,
    outputShape: number,
    extent: number,
    inner: number,
    tables: number,
    offsets: number,
    weights: number,
    count: number,
    cval: number,
    scratch: number,
  ): void;
  /** Bytes of scratch that correlate needs. */
  correlateScratch(outputShape: number, extent: number, inner: number, count: number): number;

  /** Like correlate1d with all weights 1/size; integers by exact running sums, floats with bounded drift. */
  uniform1d(
    input: number,
    output: number,
    dtype: DTypeCode,
    outer: number,
    inputLength: number,
    outputLength: number,
    inner: number,
    table: number,
    size: number,
    cval: number,
    scratch: number,
  ): void;
  uniform1dScratch(
    dtype: DTypeCode,
    inputLength: number,
    outputLength: number,
    inner: number,
    size: number,
  ): number;

  /**
   * Erosion (`dilate` = 0: AND) or dilation (`dilate` = 1: OR) of one-byte booleans. The input is an up to 4-D
   * block `inputShape` (i32 x 4, leading ones); output element p looks at input elements p + origin + offset for
   * each of `count` offsets (i32 x 4 each), origin (i32 x 4) being the position of output element 0 inside the
   * input. Elements outside the input count as `border` (0/1).
   */
  binaryMorphology(
    input: number,
    output: number,
    inputShape: number,
    outputShape: number,
    origin: number,
    offsets: number,
    count: number,
    dilate: number,
    border: number,
  ): void;

  /**
   * Labels the non-zero bytes of an up to 4-D block `shape` (i32 x 4, leading ones) by runs and union-find; or, with
   * `values` (of 4 or 8 `bytes`; else 0), only neighbours of equal values connect, and equal values must have equal
   * bytes in the input. `rows` holds `rowCount` entries (i32 x 4: d0, d1, d2, mask) for the earlier rows a row connects
   * to: row offset and a 3-bit mask of allowed dx in {-1, 0, 1} (bit 0: dx = -1). `rowConnected`: whether horizontal
   * neighbours connect. Writes a block of `runs` (kernels/labelRuns.ts) with labels 1..n in raster order of first
   * pixels, and returns n.
   */
  labelBlock(
    input: number,
    values: number,
    bytes: number,
    shape: number,
    rows: number,
    rowCount: number,
    rowConnected: number,
    runs: number,
  ): number;
  /** Bytes of runs over so many `rows` of `width`; `apart` (1): where no two runs of a row are neighbours. */
  labelRunsBytes(rows: number, width: number, apart: number): number;
  /**
   * Runs of a label image (u32, 0 is none). With `remap`, a zeroed u32 table of the largest label + 1, runs hold numbers
   * 1..k as labels appear: returns k, and `ids` (u32 x k) has the labels. Without (0), they hold the labels; returns 0.
   */
  runsOfLabels(labels: number, rows: number, width: number, remap: number, ids: number, runs: number): number;
  /**
   * Makes `count` rows from `row` on of the label image (u32; 0: background) from runs: their labels, or what `table` has
   * for label 1, 2, … unless it is 0.
   */
  fillRuns(runs: number, row: number, count: number, table: number, target: number): void;
  /** The label (u32) of each row's first element, or (`last` = 1) of its last. */
  rowEnds(runs: number, last: number, target: number): void;
  /** The flat index (u32) of each label's first pixel. */
  firstOfRuns(runs: number, first: number): void;
  /** Adds to sizes[label] (u32; zeroed by the caller) its elements. */
  sizesOfRuns(runs: number, sizes: number): void;

  /** Adds to sizes[label] (u32, labels 0..count; zeroed by the caller) its elements, 0 excluded; returns the largest. */
  labelSizes(labels: number, count: number, sizes: number): number;

  /** The largest of `count` labels (u32), as a signed number. */
  largestLabel(labels: number, count: number): number;

  /**
   * Spans of equal labels (u32, 0 is none): three u32 each, the number of the label, the first element and one past the
   * last. Returns how many there are. Labels are numbered 1..k as they appear: `ids` (u32 x k) has them, `sizes` (zeroed
   * u32 x (k + 1)) their elements, and k at 0. `remap` is a zeroed u32 table of the largest label + 1.
   */
  labelSpans(labels: number, count: number, remap: number, ids: number, sizes: number, spans: number): number;
  /**
   * Copies the elements of each label (of `bytes` each; their flat u32 indices where `source` is 0) to places in a row:
   * those of label number l to cursors[l] (i32, in elements) and on, which moves; below 0 they are skipped.
   */
  groupSpans(
    spans: number,
    spanCount: number,
    source: number,
    bytes: number,
    cursors: number,
    target: number,
  ): void;
  /**
   * Of each group k of keys (see orderKeys), elements offsets[k] to offsets[k + 1] (u32), the two middle ones (the same
   * for odd numbers) and the largest, three keys a group. Groups are reordered; of empty ones nothing is written.
   */
  groupMedians(keys: number, bytes: number, offsets: number, n: number, out: number): void;
  /**
   * Counts (u32) the `bits` bits above `shift` of the keys whose bits above those are `prefix` (u64 pointer). `ends` (u64 x
   * 2) are lowered to the smallest key with a larger prefix, and raised to the largest key.
   */
  countDigits(
    keys: number,
    bytes: number,
    count: number,
    prefix: number,
    shift: number,
    bits: number,
    counts: number,
    ends: number,
  ): void;
  /** Copies the keys whose bits above `shift` are `prefix`; returns their number. `ends` as in countDigits. */
  keysWithPrefix(
    keys: number,
    bytes: number,
    count: number,
    prefix: number,
    shift: number,
    out: number,
    ends: number,
  ): number;

  /** Squared distances (i32) to start with: 0 where there is a label (u32), limit + 1 where there is none. */
  seedDistances(labels: number, distances: number, count: number, limit: number): void;
  /**
   * One axis of the nearest label. Inputs are seen as [outer, inputLength, inner], outputs as [outer, outputLength,
   * inner]; output y stands at input y + first. best[y] = min over |k| <= reach of distances[y + first + k] + k * k, the
   * smallest k of equals, `nearest` the label there; limit + 1 and label 0 where that exceeds `limit` (at most 2^30).
   */
  expandAxis(
    distances: number,
    labels: number,
    best: number,
    nearest: number,
    outer: number,
    inputLength: number,
    outputLength: number,
    inner: number,
    first: number,
    reach: number,
    limit: number,
  ): void;

  /** Flat index of the first pixel of each of the labels 1..n, which are numbered by it, to `first`; returns n. */
  firstPixels(labels: number, count: number, first: number): number;

  /** target[i] = source[i] == 0 ? 0 : lut[source[i] - 1], all u32. */
  relabel(source: number, target: number, lut: number, count: number): void;

  /**
   * Accumulates per-label measurements of a block in one pass. `runs` are of labels 1..n over `shape` (i32 x 4, leading
   * ones); `values` of `dtype` may be 0 (no image: only count and coordinates are filled). `table` is n rows of REGION_ROW f64, laid out as core/regionRow.ts says; the kernel initialises it.
   * NaN values make sum and maximum of their label NaN; the minimum ignores them unless all are NaN.
   */
  regionReduce(runs: number, values: number, dtype: DTypeCode, shape: number, n: number, table: number): void;

  /**
   * Moments of each label's pixels: `table` becomes n rows of the label's first pixel (f64 x 4: its place in the block)
   * and, about it, of every product of powers 0 to powers[axis] - 1 (i32 x 4, at most 4 each) of coordinates, C order.
   * `runs` are of labels 1..n over `shape` (i32 x 4, leading ones).
   */
  regionMoments(runs: number, shape: number, powers: number, n: number, table: number): void;

  /** Compresses arbitrary u32 labels into 1..k in order of first appearance; writes the originals to `ids`; returns k. `remap` is a zeroed u32 table of maxLabel + 1, left zeroed. */
  compressLabels(labels: number, target: number, count: number, remap: number, ids: number): number;

  /** out (f64 x 4): sum, min, max, sum of squares about `centre` over `count` elements; NaN propagates into all. */
  reduceBlock(input: number, dtype: DTypeCode, count: number, centre: number, out: number): void;

  /** Adds to `bins` (u32 x binCount) as np.histogram does over [low, high]; values outside are dropped. */
  histogram(
    input: number,
    dtype: DTypeCode,
    count: number,
    low: number,
    high: number,
    bins: number,
    binCount: number,
  ): void;

  /**
   * Copies the padded block of a box of a windowed filter: the elements of `bytes` that its tables name, `value`
   * (a pointer) where they say -1. A `box` is 20 i32: four axes each of the padded block's shape, the box's, the output
   * block's, and the box's place in it; then four pointers to tables of i32 positions along the input's axes, one entry
   * for each padded position. `inputShape` is i32 x 4; `runs` is scratch of an i32 for each padded position of axis 3.
   */
  gatherBox(
    input: number,
    inputShape: number,
    box: number,
    value: number,
    bytes: number,
    output: number,
    runs: number,
  ): void;
  /**
   * Turns elements in place into keys that order unsigned as the values do, or (`inverse` = 1) back: -0 before 0, NaN
   * (they all become one) after everything.
   */
  orderKeys(pointer: number, dtype: DTypeCode, count: number, inverse: number): void;
  /** Complements `bytes` bytes of keys, which turns their order round. */
  complementKeys(pointer: number, bytes: number): void;
  /**
   * Smallest key of every window of `sizes` (i32 x 4) over a padded block, which is used up; written to the box's
   * place in the output block.
   */
  extremumBox(padded: number, output: number, bytes: number, box: number, sizes: number): void;
  /**
   * Smallest key of every window made of `count` offsets (i32 x 4 each, from the window's corner). `scratch` takes 4
   * bytes an offset.
   */
  extremumFootprint(
    padded: number,
    output: number,
    bytes: number,
    box: number,
    offsets: number,
    count: number,
    scratch: number,
  ): void;
  /**
   * The key of `rank` in every window, by a network of `length` exchanges that brings it to slot `rank`: `program` has
   * a u32 for each, 32 times the slot of the smaller (high half) and of the larger. Keys of at most 4 bytes, at most
   * 2047 offsets. Reads up to 64 bytes beyond the padded block. `scratch` takes 36 bytes an offset.
   */
  selectRank(
    padded: number,
    output: number,
    bytes: number,
    box: number,
    offsets: number,
    count: number,
    program: number,
    length: number,
    rank: number,
    scratch: number,
  ): void;
  /**
   * The key of `rank` in every window of any size. `entering` are the `edges` offsets at which a window that moves one
   * element along the last axis gains an element, `leaving` those at which the window before it loses one. The padded
   * block is used up.
   */
  slideRank(
    padded: number,
    output: number,
    bytes: number,
    box: number,
    offsets: number,
    count: number,
    entering: number,
    leaving: number,
    edges: number,
    rank: number,
    scratch: number,
  ): void;
  /** Bytes of scratch that slideRank needs for a padded block of `elements`. */
  slideRankScratch(bytes: number, elements: number, count: number, edges: number): number;
  /**
   * The byte of `rank` in every box of the `sides` (four i32), of fewer than 2^16 elements of which at most 255 share a
   * position along the last axis.
   */
  histogramRank(
    padded: number,
    output: number,
    box: number,
    sides: number,
    rank: number,
    scratch: number,
  ): void;
  /** Bytes of scratch that histogramRank needs for a padded block with rows of `columns`. */
  histogramRankScratch(columns: number): number;

  /**
   * Spline interpolation of a block at affine or given coordinates, rounded and saturated into `outputType` as SciPy
   * does. `params` (i32): rank, order, mode code, 0, then four each of output shape, first output index, input stride
   * of a batch axis (0: interpolated), interpolated axis of an output axis (-1: batch), and by interpolated axis:
   * length, first index of the block, stride, length of the block. `transform` (f64): matrix 4 x 4 (row: input axis), offset x 4, padding.
   * `coordinates`: 0, or f64 [rank, output width] in place of the matrix.
   */
  gather(
    input: number,
    inputType: DTypeCode,
    output: number,
    outputType: DTypeCode,
    params: number,
    transform: number,
    coordinates: number,
    cval: number,
  ): void;

  /**
   * The same where input coordinates along each axis depend on that axis only: `positions` holds `positionCount` f64
   * coordinates, one for each output index, axis after axis. `blockWidth` is the input's length along the last axis.
   */
  gatherAxes(
    input: number,
    inputType: DTypeCode,
    output: number,
    outputType: DTypeCode,
    params: number,
    positions: number,
    positionCount: number,
    blockWidth: number,
    cval: number,
    scratch: number,
  ): void;
  gatherAxesScratch(order: number, positionCount: number, blockWidth: number): number;

  /**
   * Where interpolation at `count` coordinates looks (f64 [rank, count], to each of which `pad` is added): for each axis
   * of the image, of `lengths` (i32), its smallest and largest first tap (i32) to `bounds`; INT_MAX and INT_MIN where
   * all results are the constant. Taps beyond the edge are not folded.
   */
  coordinateBounds(
    coordinates: number,
    rank: number,
    count: number,
    lengths: number,
    order: number,
    mode: number,
    pad: number,
    bounds: number,
  ): void;

  /** Converts between dtypes with C semantics (truncate, wrap); to bool: non-zero. */
  cast(input: number, from: DTypeCode, output: number, to: DTypeCode, count: number): void;

  /** The real (`part` 0) or imaginary (1) parts, of `bytes` (4 or 8) each, of `count` complex elements. */
  splitParts(input: number, output: number, bytes: number, part: number, count: number): void;
  /** Complex elements from their parts. */
  joinParts(re: number, im: number, output: number, bytes: number, count: number): void;

  /**
   * Multiplies a block seen as [outer, inner], of `parts` floats of `bytes` for each element, by rows[o] * columns[i]
   * (`rank` 0), or by the transform of a ball of `rank` 2 or 3 at the squared radius rows[o] + columns[i] (all f64).
   */
  fourierFilter(
    input: number,
    output: number,
    bytes: number,
    parts: number,
    rank: number,
    rows: number,
    columns: number,
    outer: number,
    inner: number,
  ): void;
  /** Multiplies a complex block by complex rows[o] * columns[i] (f64 pairs). */
  fourierRotate(
    input: number,
    output: number,
    bytes: number,
    rows: number,
    columns: number,
    outer: number,
    inner: number,
  ): void;

  /**
   * Fourier transforms of `length` along one axis, of floats of `bytes`. Arrays are seen as [outer, axis, inner], `lines`
   * being outer * inner; elements that the input has not are 0. `kind` 0: complex (forward, or `inverse`); 1: from real,
   * frequencies 0 to length / 2 and, if outputLength is `length`, the others; 2: to real, always back. Results are times
   * `scale`. `plan` and `tables` are those of ops/ndfourier/fourierTables.ts; `scratch` takes five buffers
   * of `bufferBytes`, 32 for each of its bufferLength.
   */
  fourier(
    bytes: number,
    kind: number,
    inverse: number,
    input: number,
    output: number,
    lines: number,
    inner: number,
    inputLength: number,
    length: number,
    outputLength: number,
    scale: number,
    plan: number,
    tables: number,
    scratch: number,
    bufferBytes: number,
  ): void;

  /**
   * Rows `outputFirst` on of spectra of `length` rows, from rows `inputFirst` on of their first halves: the others are
   * conjugates of those in reverse. Complex blocks of floats of `bytes`, seen as [outer, rows, inner].
   */
  fourierMirror(
    bytes: number,
    input: number,
    output: number,
    outer: number,
    inner: number,
    inputFirst: number,
    inputRows: number,
    outputFirst: number,
    outputRows: number,
    length: number,
  ): void;

  /** Copies a box: `rank` 4. Shapes in elements of `bytes` each. */
  copyBox(
    input: number,
    inputShape: number,
    inputOffset: number,
    output: number,
    outputShape: number,
    outputOffset: number,
    boxShape: number,
    bytes: number,
  ): void;
}
