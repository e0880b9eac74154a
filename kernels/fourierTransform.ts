// Forward transforms of batches of lines, of any length: passes over small factors, or a convolution (Bluestein's
// algorithm) where a prime factor is large. Plans and tables are those of src/ops/ndfourier/fourierPlan.ts.
import { pass2, pass3, pass4, pass5, pass8, passOdd } from './fourierPasses';

/** i32 of a plan: length, length of the convolution (0: none), number of passes, tables' places, then radices. */
export const PLAN_LENGTH: usize = 0;
const PLAN_CONVOLUTION: usize = 4;
const PLAN_PASSES: usize = 8;
const PLAN_CHIRP: usize = 12;
const PLAN_FILTER: usize = 16;
export const PLAN_TURNS: usize = 20;
const PLAN_RADICES: usize = 24;

/** Runs all passes between two buffers; returns the one that holds the result. */
function runPasses<T>(first: usize, second: usize, length: i32, plan: usize, tables: usize): usize {
  const passes = load<i32>(plan + PLAN_PASSES);
  let source = first;
  let target = second;
  let before = 1;
  let after = length;
  // The first pass reads no gaps.
  let piece = length;
  for (let pass = 0; pass < passes; pass++) {
    const radix = load<i32>(plan + PLAN_RADICES + (<usize>pass << 2));
    after /= radix;
    let roots: usize = 0;
    if (radix > 5 && radix != 8) {
      roots = tables;
      tables += <usize>(2 * radix) * sizeof<T>();
    }
    if (radix == 8) pass8<T>(source, target, before, after, tables, piece);
    else if (radix == 4) pass4<T>(source, target, before, after, tables, piece);
    else if (radix == 2) pass2<T>(source, target, before, after, tables, piece);
    else if (radix == 3) pass3<T>(source, target, before, after, tables, piece);
    else if (radix == 5) pass5<T>(source, target, before, after, tables, piece);
    else passOdd<T>(source, target, radix, before, after, roots, tables, piece);
    tables += <usize>(2 * (radix - 1) * after) * sizeof<T>();
    piece = before;
    before *= radix;
    const swap = source;
    source = target;
    target = swap;
  }
  return source;
}

/** target[k] = source[k] * factors[k]; `swapIn` and `swapOut` exchange real and imaginary parts before and after. */
// @ts-ignore: decorator
@inline
function multiply<T>(data: usize, factors: usize, count: i32, swapIn: bool, swapOut: bool): void {
  for (let k = 0; k < count; k++) {
    const re = v128.load(data, 0);
    const im = v128.load(data, 16);
    const x = swapIn ? im : re;
    const y = swapIn ? re : im;
    const a = sizeof<T>() == 4 ? v128.load32_splat(factors) : v128.load64_splat(factors);
    const b = sizeof<T>() == 4 ? v128.load32_splat(factors, 4) : v128.load64_splat(factors, 8);
    const outRe = v128.sub<T>(v128.mul<T>(x, a), v128.mul<T>(y, b));
    const outIm = v128.add<T>(v128.mul<T>(x, b), v128.mul<T>(y, a));
    v128.store(data, swapOut ? outIm : outRe);
    v128.store(data, swapOut ? outRe : outIm, 16);
    data += 32;
    factors += 2 * sizeof<T>();
  }
}

/**
 * Transforms the batch in `data`; `spare` is as large. Both take as many elements as the transform or its convolution
 * has. Returns where the result stands.
 */
export function transform<T>(data: usize, spare: usize, plan: usize, tables: usize): usize {
  const length = load<i32>(plan + PLAN_LENGTH);
  const convolution = load<i32>(plan + PLAN_CONVOLUTION);
  if (convolution == 0) return runPasses<T>(data, spare, length, plan, tables);
  const chirp = tables + <usize>load<i32>(plan + PLAN_CHIRP) * sizeof<T>();
  multiply<T>(data, chirp, length, false, false);
  memory.fill(data + (<usize>length << 5), 0, <usize>(convolution - length) << 5);
  const spectrum = runPasses<T>(data, spare, convolution, plan, tables);
  const filter = tables + <usize>load<i32>(plan + PLAN_FILTER) * sizeof<T>();
  // Exchanged parts make the transform back a forward one.
  multiply<T>(spectrum, filter, convolution, false, true);
  const result = runPasses<T>(spectrum, spectrum == data ? spare : data, convolution, plan, tables);
  multiply<T>(result, chirp, length, true, false);
  return result;
}
