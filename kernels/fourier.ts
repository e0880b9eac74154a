// Fourier transforms along one axis of a block, real and complex, forward and back, several lines at once.
import {
  gatherComplex,
  gatherPairs,
  gatherReal,
  LANES_BYTES,
  Layout,
  pointLanes,
  scatterComplex,
  scatterPairs,
  scatterReal,
} from './fourierLanes';
import { PLAN_LENGTH, PLAN_TURNS, transform } from './fourierTransform';

/** What is transformed into what. */
enum Kind {
  COMPLEX,
  FROM_REAL,
  TO_REAL,
}

// @ts-ignore: decorator
@inline
function factor<T>(pointer: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(pointer) : v128.load64_splat(pointer);
}

/**
 * The spectrum of real lines of 2 n elements (frequencies 0 to n), from the transform of length n of their pairs: even
 * and odd elements' spectra are its parts that are symmetric and antisymmetric.
 */
function untangle<T>(pairs: usize, target: usize, n: i32, turns: usize): void {
  const half = v128.splat<T>(<T>0.5);
  const firstRe = v128.load(pairs);
  const firstIm = v128.load(pairs, 16);
  const last = target + (<usize>n << 5);
  v128.store(target, v128.add<T>(firstRe, firstIm));
  v128.store(target, v128.splat<T>(0), 16);
  v128.store(last, v128.sub<T>(firstRe, firstIm));
  v128.store(last, v128.splat<T>(0), 16);
  for (let k = 1; k <= n >> 1; k++) {
    const low = pairs + (<usize>k << 5);
    const high = pairs + (<usize>(n - k) << 5);
    const aRe = v128.load(low);
    const aIm = v128.load(low, 16);
    const bRe = v128.load(high);
    const bIm = v128.load(high, 16);
    const evenRe = v128.mul<T>(v128.add<T>(aRe, bRe), half);
    const evenIm = v128.mul<T>(v128.sub<T>(aIm, bIm), half);
    const oddRe = v128.mul<T>(v128.add<T>(aIm, bIm), half);
    const oddIm = v128.mul<T>(v128.sub<T>(bRe, aRe), half);
    const turn = turns + <usize>(2 * k) * sizeof<T>();
    const c = factor<T>(turn);
    const s = factor<T>(turn + sizeof<T>());
    const turnedRe = v128.sub<T>(v128.mul<T>(oddRe, c), v128.mul<T>(oddIm, s));
    const turnedIm = v128.add<T>(v128.mul<T>(oddRe, s), v128.mul<T>(oddIm, c));
    const to = target + (<usize>k << 5);
    const toHigh = target + (<usize>(n - k) << 5);
    v128.store(toHigh, v128.sub<T>(evenRe, turnedRe));
    v128.store(toHigh, v128.sub<T>(turnedIm, evenIm), 16);
    v128.store(to, v128.add<T>(evenRe, turnedRe));
    v128.store(to, v128.add<T>(evenIm, turnedIm), 16);
  }
}

/** The inverse of `untangle` times 2, with exchanged parts: what a transform of length n takes back to pairs. */
function tangle<T>(spectrum: usize, target: usize, n: i32, turns: usize): void {
  const zeroIm = v128.splat<T>(0);
  for (let k = 0; k <= n >> 1; k++) {
    const low = spectrum + (<usize>k << 5);
    const high = spectrum + (<usize>(n - k) << 5);
    const aRe = v128.load(low);
    const bRe = v128.load(high);
    // Real lines have no imaginary part at either end.
    const aIm = k == 0 ? zeroIm : v128.load(low, 16);
    const bIm = k == 0 ? zeroIm : v128.load(high, 16);
    const evenRe = v128.add<T>(aRe, bRe);
    const evenIm = v128.sub<T>(aIm, bIm);
    const oddRe = v128.sub<T>(aRe, bRe);
    const oddIm = v128.add<T>(aIm, bIm);
    const turn = turns + <usize>(2 * k) * sizeof<T>();
    const c = factor<T>(turn);
    const s = factor<T>(turn + sizeof<T>());
    const backRe = v128.add<T>(v128.mul<T>(oddRe, c), v128.mul<T>(oddIm, s));
    const backIm = v128.sub<T>(v128.mul<T>(oddIm, c), v128.mul<T>(oddRe, s));
    if (k > 0) {
      const toHigh = target + (<usize>(n - k) << 5);
      v128.store(toHigh, v128.add<T>(evenRe, backIm), 16);
      v128.store(toHigh, v128.sub<T>(backRe, evenIm));
    }
    const to = target + (<usize>k << 5);
    v128.store(to, v128.sub<T>(evenRe, backIm), 16);
    v128.store(to, v128.add<T>(evenIm, backRe));
  }
}

/** Elements n - 1 down to n / 2 + 1 of spectra of real lines, from those they mirror, with exchanged parts. */
function mirror<T>(data: usize, n: i32): void {
  for (let k = 1; k <= (n - 1) >> 1; k++) {
    const from = data + (<usize>k << 5);
    const to = data + (<usize>(n - k) << 5);
    v128.store(to, v128.neg<T>(v128.load(from)));
    v128.store(to, v128.load(from, 16), 16);
  }
}

// @ts-ignore: decorator
@inline
function clear(data: usize, from: i32, to: i32): void {
  if (to > from) memory.fill(data + (<usize>from << 5), 0, <usize>(to - from) << 5);
}

/** Batches side by side that are moved together: theirs are whole lines of a cache. */
const BATCHES = 4;
/** Rows of them that are moved at a time. */
const ROWS = 16;

/** Lines of the input and of the output, for each batch. */
const from: usize = memory.data(<i32>(BATCHES * 32), 16);
const to: usize = memory.data(<i32>(BATCHES * 32), 16);
const buffers: usize = memory.data(<i32>((BATCHES + 1) * 4), 16);
const layouts: usize = memory.data(<i32>(BATCHES * 4), 16);

// @ts-ignore: decorator
@inline
function buffer(batch: i32): usize {
  return load<usize>(buffers + (<usize>batch << 2));
}

/** Exchanges a batch's buffer with the spare one, which holds its result. */
function exchange(batch: i32): void {
  const own = buffer(batch);
  store<usize>(buffers + (<usize>batch << 2), buffer(BATCHES));
  store<usize>(buffers + (<usize>BATCHES << 2), own);
}

/** Points all batches at their lines; returns how many elements of these to move at a time. */
function point<T>(
  lanes: usize,
  base: usize,
  line: i32,
  lines: i32,
  length: i32,
  inner: i32,
  bytes: usize,
  rows: i32,
): i32 {
  const width = 16 / <i32>sizeof<T>();
  let columns = true;
  for (let batch = 0; batch < BATCHES; batch++) {
    const start = line + batch * width;
    if (start >= lines) return length;
    const own = lanes + <usize>batch * LANES_BYTES;
    const layout = pointLanes<T>(own, base, start, min(width, lines - start), length, inner, bytes);
    store<i32>(layouts + (<usize>batch << 2), layout);
    if (layout != Layout.COLUMNS) columns = false;
  }
  return columns ? rows : length;
}

/** From the gathered batch to its spectrum, or back; the result is in the batch's buffer. */
function transformBatch<T>(
  kind: Kind,
  batch: i32,
  length: i32,
  plan: usize,
  tables: usize,
): void {
  const n = load<i32>(plan + PLAN_LENGTH);
  const turns = tables + <usize>load<i32>(plan + PLAN_TURNS) * sizeof<T>();
  const paired = n != length;
  if (kind == Kind.TO_REAL) {
    if (paired) {
      tangle<T>(buffer(batch), buffer(BATCHES), n, turns);
      exchange(batch);
    } else {
      v128.store(buffer(batch), v128.splat<T>(0));
      mirror<T>(buffer(batch), n);
    }
  }
  if (transform<T>(buffer(batch), buffer(BATCHES), plan, tables) != buffer(batch)) exchange(batch);
  if (kind == Kind.FROM_REAL && paired) {
    untangle<T>(buffer(batch), buffer(BATCHES), n, turns);
    exchange(batch);
  }
}

function run<T>(
  kind: Kind,
  inverse: bool,
  input: usize,
  output: usize,
  lines: i32,
  inner: i32,
  inputLength: i32,
  length: i32,
  outputLength: i32,
  scale: T,
  plan: usize,
  tables: usize,
  scratch: usize,
  bufferBytes: usize,
): void {
  const n = load<i32>(plan + PLAN_LENGTH);
  const width = 16 / <i32>sizeof<T>();
  const real = <usize>inner * sizeof<T>();
  const paired = n != length;
  const frequencies = (length >> 1) + 1;
  const taken = min(inputLength, kind == Kind.TO_REAL ? frequencies : length);
  const filled = kind == Kind.FROM_REAL && paired ? (taken + 1) >> 1 : taken;
  const needed = kind == Kind.TO_REAL ? frequencies : n;
  const made = kind == Kind.FROM_REAL ? frequencies : length;
  const scaleIm = kind == Kind.FROM_REAL && inverse ? -scale : scale;
  const gatherAt: usize = kind == Kind.COMPLEX ? (inverse ? 16 : 0) : kind == Kind.TO_REAL && !paired ? 16 : 0;
  const scatterAt: usize = kind == Kind.COMPLEX && inverse ? 16 : 0;
  const inputBytes = kind == Kind.FROM_REAL ? sizeof<T>() : 2 * sizeof<T>();
  const outputBytes = kind == Kind.TO_REAL ? sizeof<T>() : 2 * sizeof<T>();
  for (let i = 0; i <= BATCHES; i++) store<usize>(buffers + (<usize>i << 2), scratch + <usize>i * bufferBytes);
  // Lines that are contiguous have whole lines of a cache to themselves.
  const together = inner == 1 ? 1 : BATCHES;
  for (let line = 0; line < lines; line += together * width) {
    const batches = min(together, (lines - line + width - 1) / width);
    let block = point<T>(from, input, line, lines, inputLength, inner, inputBytes, ROWS);
    for (let first = 0; first < taken; first += block)
      for (let batch = 0; batch < batches; batch++) {
        const stop = min(taken, first + block);
        const own = from + <usize>batch * LANES_BYTES;
        const layout = load<i32>(layouts + (<usize>batch << 2));
        if (kind != Kind.FROM_REAL)
          gatherComplex<T>(own, buffer(batch), layout, first, stop, 2 * real, gatherAt);
        else if (paired) gatherPairs<T>(own, buffer(batch), layout, first, stop, real);
        else gatherReal<T>(own, buffer(batch), layout, first, stop, real);
      }
    for (let batch = 0; batch < batches; batch++) {
      clear(buffer(batch), filled, needed);
      transformBatch<T>(kind, batch, length, plan, tables);
    }
    block = point<T>(to, output, line, lines, outputLength, inner, outputBytes, ROWS);
    for (let first = 0; first < made; first += block)
      for (let batch = 0; batch < batches; batch++) {
        const stop = min(made, first + block);
        const own = to + <usize>batch * LANES_BYTES;
        const layout = load<i32>(layouts + (<usize>batch << 2));
        const used = min(width, lines - line - batch * width);
        const data = buffer(batch);
        if (kind != Kind.TO_REAL) {
          const source = data + (<usize>first << 5);
          const count = stop - first;
          scatterComplex<T>(own, source, 32, layout, used, first, count, 2 * real, scatterAt, scale, scaleIm);
        } else if (paired) scatterPairs<T>(own, data, layout, used, first, stop, real, scale);
        else scatterReal<T>(own, data, layout, used, first, stop, real, scale);
      }
    // The other frequencies of a real line mirror those: from the last but one (of even lengths) down.
    for (let first = made; first < outputLength; first += block)
      for (let batch = 0; batch < batches; batch++) {
        const count = min(outputLength - first, block);
        const own = to + <usize>batch * LANES_BYTES;
        const layout = load<i32>(layouts + (<usize>batch << 2));
        const used = min(width, lines - line - batch * width);
        const source = buffer(batch) + (<usize>(outputLength - first) << 5);
        scatterComplex<T>(own, source, -32, layout, used, first, count, 2 * real, 0, scale, -scaleIm);
      }
  }
}

export function fourier(
  bytes: i32,
  kind: i32,
  inverse: i32,
  input: usize,
  output: usize,
  lines: i32,
  inner: i32,
  inputLength: i32,
  length: i32,
  outputLength: i32,
  scale: f64,
  plan: usize,
  tables: usize,
  scratch: usize,
  bufferBytes: usize,
): void {
  if (bytes == 4)
    run<f32>(
      kind,
      inverse != 0,
      input,
      output,
      lines,
      inner,
      inputLength,
      length,
      outputLength,
      <f32>scale,
      plan,
      tables,
      scratch,
      bufferBytes,
    );
  else
    run<f64>(
      kind,
      inverse != 0,
      input,
      output,
      lines,
      inner,
      inputLength,
      length,
      outputLength,
      scale,
      plan,
      tables,
      scratch,
      bufferBytes,
    );
}
