// Fourier transforms along one axis of a block, real and complex, forward and back, several lines at once.
import {
  gatherComplex,
  gatherPairs,
  gatherReal,
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
  spare: usize,
): void {
  const n = load<i32>(plan + PLAN_LENGTH);
  const turns = tables + <usize>load<i32>(plan + PLAN_TURNS) * sizeof<T>();
  const width = 16 / <i32>sizeof<T>();
  const real = <usize>inner * sizeof<T>();
  const paired = n != length;
  for (let line = 0; line < lines; line += width) {
    const used = min(width, lines - line);
    const inputBytes = kind == Kind.FROM_REAL ? sizeof<T>() : 2 * sizeof<T>();
    const from = pointLanes<T>(input, line, used, inputLength, inner, inputBytes);
    let result: usize;
    if (kind == Kind.COMPLEX) {
      const taken = min(inputLength, length);
      gatherComplex<T>(scratch, from, taken, 2 * real, inverse ? 16 : 0);
      clear(scratch, taken, n);
      result = transform<T>(scratch, spare, plan, tables);
    } else if (kind == Kind.FROM_REAL) {
      const taken = min(inputLength, length);
      if (paired) {
        gatherPairs<T>(scratch, from, taken, real);
        clear(scratch, (taken + 1) >> 1, n);
        const pairs = transform<T>(scratch, spare, plan, tables);
        result = pairs == scratch ? spare : scratch;
        untangle<T>(pairs, result, n, turns);
      } else {
        gatherReal<T>(scratch, from, taken, real);
        clear(scratch, taken, n);
        result = transform<T>(scratch, spare, plan, tables);
      }
    } else {
      const frequencies = (length >> 1) + 1;
      const taken = min(inputLength, frequencies);
      if (paired) {
        gatherComplex<T>(spare, from, taken, 2 * real, 0);
        clear(spare, taken, frequencies);
        tangle<T>(spare, scratch, n, turns);
      } else {
        gatherComplex<T>(scratch, from, taken, 2 * real, 16);
        clear(scratch, taken, frequencies);
        v128.store(scratch, v128.splat<T>(0));
        mirror<T>(scratch, n);
      }
      result = transform<T>(scratch, spare, plan, tables);
    }
    const outputBytes = kind == Kind.TO_REAL ? sizeof<T>() : 2 * sizeof<T>();
    const to = pointLanes<T>(output, line, used, outputLength, inner, outputBytes);
    if (kind == Kind.COMPLEX) {
      scatterComplex<T>(result, 32, to, used, 0, length, 2 * real, inverse ? 16 : 0, scale, scale);
    } else if (kind == Kind.FROM_REAL) {
      const frequencies = (length >> 1) + 1;
      const scaleIm = inverse ? -scale : scale;
      scatterComplex<T>(result, 32, to, used, 0, frequencies, 2 * real, 0, scale, scaleIm);
      const rest = outputLength - frequencies;
      const last = result + (<usize>rest << 5);
      if (rest > 0) scatterComplex<T>(last, -32, to, used, frequencies, rest, 2 * real, 0, scale, -scaleIm);
    } else if (paired) {
      scatterPairs<T>(result, to, used, length, real, scale);
    } else {
      scatterReal<T>(result, to, used, length, real, scale);
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
  spare: usize,
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
      spare,
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
      spare,
    );
}
