// Passes of mixed-radix Fourier transforms of several lines at once: a lane of the vectors is a line. An element is 32
// bytes: the vector of the lines' real parts, then that of the imaginary parts. Transforms are forward ones.
//
// A pass of radix r after `before` (the product of the radices so far) sees its input as [before, r, after] and writes
// [r, before, after]: the order is natural at both ends (Stockham). Twiddles are (r - 1) complex numbers for each index
// of `after`.
//
// The r pieces that a pass writes have a gap between them, except in the last one: those of a length with many twos would
// all begin in the same lines of a cache, which hold a few of them only. The next pass reads a gap after each `piece` of
// its `before` groups.

const ELEMENT: usize = 32;
export const GAP: usize = 128;

/** From one piece of the output to the next, where it takes `bytes`; the last pass has an `after` of 1. */
// @ts-ignore: decorator
@inline
function pieceBytes(bytes: usize, after: i32): usize {
  return after > 1 ? bytes + GAP : bytes;
}

// @ts-ignore: decorator
@inline
function factor<T>(pointer: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(pointer) : v128.load64_splat(pointer);
}

/** Stores a complex vector, `turned`: times the twiddle at `twiddle`. */
// @ts-ignore: decorator
@inline
function storeTimes<T>(target: usize, re: v128, im: v128, turned: bool, twiddle: usize, offset: usize): void {
  if (!turned) {
    v128.store(target, re);
    v128.store(target, im, 16);
    return;
  }
  const a = factor<T>(twiddle + offset * sizeof<T>());
  const b = factor<T>(twiddle + (offset + 1) * sizeof<T>());
  v128.store(target, v128.sub<T>(v128.mul<T>(re, a), v128.mul<T>(im, b)));
  v128.store(target, v128.add<T>(v128.mul<T>(re, b), v128.mul<T>(im, a)), 16);
}

export function pass2<T>(source: usize, target: usize, before: i32, after: i32, twiddles: usize, piece: i32): void {
  // Twice in the code, once with twiddles and once without.
  if (after > 1) twos<T>(source, target, before, after, twiddles, piece, true);
  else twos<T>(source, target, before, after, twiddles, piece, false);
}

// @ts-ignore: decorator
@inline
function twos<T>(source: usize, target: usize, before: i32, after: i32, twiddles: usize, piece: i32, turned: bool): void {
  const jump = <usize>after * ELEMENT;
  const span = pieceBytes(<usize>before * jump, after);
  let left = piece;
  for (let k = 0; k < before; k++) {
    let twiddle = twiddles;
    for (let i = 0; i < after; i++) {
      const aRe = v128.load(source);
      const aIm = v128.load(source, 16);
      const bRe = v128.load(source + jump);
      const bIm = v128.load(source + jump, 16);
      v128.store(target, v128.add<T>(aRe, bRe));
      v128.store(target, v128.add<T>(aIm, bIm), 16);
      storeTimes<T>(target + span, v128.sub<T>(aRe, bRe), v128.sub<T>(aIm, bIm), turned, twiddle, 0);
      twiddle += 2 * sizeof<T>();
      source += ELEMENT;
      target += ELEMENT;
    }
    source += jump;
    if (--left == 0) {
      source += GAP;
      left = piece;
    }
  }
}

export function pass3<T>(source: usize, target: usize, before: i32, after: i32, twiddles: usize, piece: i32): void {
  // Twice in the code, once with twiddles and once without.
  if (after > 1) threes<T>(source, target, before, after, twiddles, piece, true);
  else threes<T>(source, target, before, after, twiddles, piece, false);
}

// @ts-ignore: decorator
@inline
function threes<T>(source: usize, target: usize, before: i32, after: i32, twiddles: usize, piece: i32, turned: bool): void {
  const jump = <usize>after * ELEMENT;
  const span = pieceBytes(<usize>before * jump, after);
  let left = piece;
  const half = v128.splat<T>(<T>0.5);
  const sine = v128.splat<T>(<T>0.8660254037844386);
  for (let k = 0; k < before; k++) {
    let twiddle = twiddles;
    for (let i = 0; i < after; i++) {
      const aRe = v128.load(source);
      const aIm = v128.load(source, 16);
      const bRe = v128.load(source + jump);
      const bIm = v128.load(source + jump, 16);
      const cRe = v128.load(source + 2 * jump);
      const cIm = v128.load(source + 2 * jump, 16);
      const sumRe = v128.add<T>(bRe, cRe);
      const sumIm = v128.add<T>(bIm, cIm);
      const midRe = v128.sub<T>(aRe, v128.mul<T>(sumRe, half));
      const midIm = v128.sub<T>(aIm, v128.mul<T>(sumIm, half));
      const turnRe = v128.mul<T>(v128.sub<T>(bIm, cIm), sine);
      const turnIm = v128.mul<T>(v128.sub<T>(cRe, bRe), sine);
      v128.store(target, v128.add<T>(aRe, sumRe));
      v128.store(target, v128.add<T>(aIm, sumIm), 16);
      storeTimes<T>(target + span, v128.add<T>(midRe, turnRe), v128.add<T>(midIm, turnIm), turned, twiddle, 0);
      storeTimes<T>(target + 2 * span, v128.sub<T>(midRe, turnRe), v128.sub<T>(midIm, turnIm), turned, twiddle, 2);
      twiddle += 4 * sizeof<T>();
      source += ELEMENT;
      target += ELEMENT;
    }
    source += 2 * jump;
    if (--left == 0) {
      source += GAP;
      left = piece;
    }
  }
}

export function pass4<T>(source: usize, target: usize, before: i32, after: i32, twiddles: usize, piece: i32): void {
  // Twice in the code, once with twiddles and once without.
  if (after > 1) fours<T>(source, target, before, after, twiddles, piece, true);
  else fours<T>(source, target, before, after, twiddles, piece, false);
}

// @ts-ignore: decorator
@inline
function fours<T>(source: usize, target: usize, before: i32, after: i32, twiddles: usize, piece: i32, turned: bool): void {
  const jump = <usize>after * ELEMENT;
  const span = pieceBytes(<usize>before * jump, after);
  let left = piece;
  for (let k = 0; k < before; k++) {
    let twiddle = twiddles;
    for (let i = 0; i < after; i++) {
      const aRe = v128.load(source);
      const aIm = v128.load(source, 16);
      const bRe = v128.load(source + jump);
      const bIm = v128.load(source + jump, 16);
      const cRe = v128.load(source + 2 * jump);
      const cIm = v128.load(source + 2 * jump, 16);
      const dRe = v128.load(source + 3 * jump);
      const dIm = v128.load(source + 3 * jump, 16);
      const acRe = v128.add<T>(aRe, cRe);
      const acIm = v128.add<T>(aIm, cIm);
      const a_cRe = v128.sub<T>(aRe, cRe);
      const a_cIm = v128.sub<T>(aIm, cIm);
      const bdRe = v128.add<T>(bRe, dRe);
      const bdIm = v128.add<T>(bIm, dIm);
      // -i (b - d)
      const turnRe = v128.sub<T>(bIm, dIm);
      const turnIm = v128.sub<T>(dRe, bRe);
      v128.store(target, v128.add<T>(acRe, bdRe));
      v128.store(target, v128.add<T>(acIm, bdIm), 16);
      storeTimes<T>(target + span, v128.add<T>(a_cRe, turnRe), v128.add<T>(a_cIm, turnIm), turned, twiddle, 0);
      storeTimes<T>(target + 2 * span, v128.sub<T>(acRe, bdRe), v128.sub<T>(acIm, bdIm), turned, twiddle, 2);
      storeTimes<T>(target + 3 * span, v128.sub<T>(a_cRe, turnRe), v128.sub<T>(a_cIm, turnIm), turned, twiddle, 4);
      twiddle += 6 * sizeof<T>();
      source += ELEMENT;
      target += ELEMENT;
    }
    source += 3 * jump;
    if (--left == 0) {
      source += GAP;
      left = piece;
    }
  }
}

export function pass5<T>(source: usize, target: usize, before: i32, after: i32, twiddles: usize, piece: i32): void {
  // Twice in the code, once with twiddles and once without.
  if (after > 1) fives<T>(source, target, before, after, twiddles, piece, true);
  else fives<T>(source, target, before, after, twiddles, piece, false);
}

// @ts-ignore: decorator
@inline
function fives<T>(source: usize, target: usize, before: i32, after: i32, twiddles: usize, piece: i32, turned: bool): void {
  const jump = <usize>after * ELEMENT;
  const span = pieceBytes(<usize>before * jump, after);
  let left = piece;
  const cos1 = v128.splat<T>(<T>0.30901699437494745);
  const sin1 = v128.splat<T>(<T>0.9510565162951535);
  const cos2 = v128.splat<T>(<T>-0.8090169943749475);
  const sin2 = v128.splat<T>(<T>0.5877852522924731);
  for (let k = 0; k < before; k++) {
    let twiddle = twiddles;
    for (let i = 0; i < after; i++) {
      const aRe = v128.load(source);
      const aIm = v128.load(source, 16);
      const bRe = v128.load(source + jump);
      const bIm = v128.load(source + jump, 16);
      const cRe = v128.load(source + 2 * jump);
      const cIm = v128.load(source + 2 * jump, 16);
      const dRe = v128.load(source + 3 * jump);
      const dIm = v128.load(source + 3 * jump, 16);
      const eRe = v128.load(source + 4 * jump);
      const eIm = v128.load(source + 4 * jump, 16);
      const beRe = v128.add<T>(bRe, eRe);
      const beIm = v128.add<T>(bIm, eIm);
      const b_eRe = v128.sub<T>(bRe, eRe);
      const b_eIm = v128.sub<T>(bIm, eIm);
      const cdRe = v128.add<T>(cRe, dRe);
      const cdIm = v128.add<T>(cIm, dIm);
      const c_dRe = v128.sub<T>(cRe, dRe);
      const c_dIm = v128.sub<T>(cIm, dIm);
      v128.store(target, v128.add<T>(aRe, v128.add<T>(beRe, cdRe)));
      v128.store(target, v128.add<T>(aIm, v128.add<T>(beIm, cdIm)), 16);
      let midRe = v128.add<T>(aRe, v128.add<T>(v128.mul<T>(beRe, cos1), v128.mul<T>(cdRe, cos2)));
      let midIm = v128.add<T>(aIm, v128.add<T>(v128.mul<T>(beIm, cos1), v128.mul<T>(cdIm, cos2)));
      let turnRe = v128.add<T>(v128.mul<T>(b_eIm, sin1), v128.mul<T>(c_dIm, sin2));
      let turnIm = v128.add<T>(v128.mul<T>(b_eRe, sin1), v128.mul<T>(c_dRe, sin2));
      storeTimes<T>(target + span, v128.add<T>(midRe, turnRe), v128.sub<T>(midIm, turnIm), turned, twiddle, 0);
      storeTimes<T>(target + 4 * span, v128.sub<T>(midRe, turnRe), v128.add<T>(midIm, turnIm), turned, twiddle, 6);
      midRe = v128.add<T>(aRe, v128.add<T>(v128.mul<T>(beRe, cos2), v128.mul<T>(cdRe, cos1)));
      midIm = v128.add<T>(aIm, v128.add<T>(v128.mul<T>(beIm, cos2), v128.mul<T>(cdIm, cos1)));
      turnRe = v128.sub<T>(v128.mul<T>(b_eIm, sin2), v128.mul<T>(c_dIm, sin1));
      turnIm = v128.sub<T>(v128.mul<T>(b_eRe, sin2), v128.mul<T>(c_dRe, sin1));
      storeTimes<T>(target + 2 * span, v128.add<T>(midRe, turnRe), v128.sub<T>(midIm, turnIm), turned, twiddle, 2);
      storeTimes<T>(target + 3 * span, v128.sub<T>(midRe, turnRe), v128.add<T>(midIm, turnIm), turned, twiddle, 4);
      twiddle += 8 * sizeof<T>();
      source += ELEMENT;
      target += ELEMENT;
    }
    source += 4 * jump;
    if (--left == 0) {
      source += GAP;
      left = piece;
    }
  }
}

export function pass8<T>(source: usize, target: usize, before: i32, after: i32, twiddles: usize, piece: i32): void {
  // Twice in the code, once with twiddles and once without.
  if (after > 1) eights<T>(source, target, before, after, twiddles, piece, true);
  else eights<T>(source, target, before, after, twiddles, piece, false);
}

// @ts-ignore: decorator
@inline
function eights<T>(source: usize, target: usize, before: i32, after: i32, twiddles: usize, piece: i32, turned: bool): void {
  const jump = <usize>after * ELEMENT;
  const span = pieceBytes(<usize>before * jump, after);
  let left = piece;
  const root = v128.splat<T>(<T>0.7071067811865476);
  for (let k = 0; k < before; k++) {
    let twiddle = twiddles;
    for (let i = 0; i < after; i++) {
      let xRe = v128.load(source + jump);
      let xIm = v128.load(source + jump, 16);
      let yRe = v128.load(source + 5 * jump);
      let yIm = v128.load(source + 5 * jump, 16);
      const b0Re = v128.add<T>(xRe, yRe);
      const b0Im = v128.add<T>(xIm, yIm);
      const b1Re = v128.sub<T>(xRe, yRe);
      const b1Im = v128.sub<T>(xIm, yIm);
      xRe = v128.load(source + 3 * jump);
      xIm = v128.load(source + 3 * jump, 16);
      yRe = v128.load(source + 7 * jump);
      yIm = v128.load(source + 7 * jump, 16);
      const d0Re = v128.add<T>(xRe, yRe);
      const d0Im = v128.add<T>(xIm, yIm);
      const d1Re = v128.sub<T>(xIm, yIm);
      const d1Im = v128.sub<T>(yRe, xRe);
      // The odd elements' transform of four, its outputs turned by eighths.
      const o0Re = v128.add<T>(b0Re, d0Re);
      const o0Im = v128.add<T>(b0Im, d0Im);
      const o2Re = v128.sub<T>(b0Im, d0Im);
      const o2Im = v128.sub<T>(d0Re, b0Re);
      const pRe = v128.add<T>(b1Re, d1Re);
      const pIm = v128.add<T>(b1Im, d1Im);
      const qRe = v128.sub<T>(b1Re, d1Re);
      const qIm = v128.sub<T>(b1Im, d1Im);
      const o1Re = v128.mul<T>(v128.add<T>(pRe, pIm), root);
      const o1Im = v128.mul<T>(v128.sub<T>(pIm, pRe), root);
      const o3Re = v128.mul<T>(v128.sub<T>(qIm, qRe), root);
      const o3Im = v128.mul<T>(v128.add<T>(qRe, qIm), root); // negated below
      xRe = v128.load(source);
      xIm = v128.load(source, 16);
      yRe = v128.load(source + 4 * jump);
      yIm = v128.load(source + 4 * jump, 16);
      const a0Re = v128.add<T>(xRe, yRe);
      const a0Im = v128.add<T>(xIm, yIm);
      const a1Re = v128.sub<T>(xRe, yRe);
      const a1Im = v128.sub<T>(xIm, yIm);
      xRe = v128.load(source + 2 * jump);
      xIm = v128.load(source + 2 * jump, 16);
      yRe = v128.load(source + 6 * jump);
      yIm = v128.load(source + 6 * jump, 16);
      const c0Re = v128.add<T>(xRe, yRe);
      const c0Im = v128.add<T>(xIm, yIm);
      const c1Re = v128.sub<T>(xIm, yIm);
      const c1Im = v128.sub<T>(yRe, xRe);
      let eRe = v128.add<T>(a0Re, c0Re);
      let eIm = v128.add<T>(a0Im, c0Im);
      v128.store(target, v128.add<T>(eRe, o0Re));
      v128.store(target, v128.add<T>(eIm, o0Im), 16);
      storeTimes<T>(target + 4 * span, v128.sub<T>(eRe, o0Re), v128.sub<T>(eIm, o0Im), turned, twiddle, 6);
      eRe = v128.sub<T>(a0Re, c0Re);
      eIm = v128.sub<T>(a0Im, c0Im);
      storeTimes<T>(target + 2 * span, v128.add<T>(eRe, o2Re), v128.add<T>(eIm, o2Im), turned, twiddle, 2);
      storeTimes<T>(target + 6 * span, v128.sub<T>(eRe, o2Re), v128.sub<T>(eIm, o2Im), turned, twiddle, 10);
      eRe = v128.add<T>(a1Re, c1Re);
      eIm = v128.add<T>(a1Im, c1Im);
      storeTimes<T>(target + span, v128.add<T>(eRe, o1Re), v128.add<T>(eIm, o1Im), turned, twiddle, 0);
      storeTimes<T>(target + 5 * span, v128.sub<T>(eRe, o1Re), v128.sub<T>(eIm, o1Im), turned, twiddle, 8);
      eRe = v128.sub<T>(a1Re, c1Re);
      eIm = v128.sub<T>(a1Im, c1Im);
      storeTimes<T>(target + 3 * span, v128.add<T>(eRe, o3Re), v128.sub<T>(eIm, o3Im), turned, twiddle, 4);
      storeTimes<T>(target + 7 * span, v128.sub<T>(eRe, o3Re), v128.add<T>(eIm, o3Im), turned, twiddle, 12);
      twiddle += 14 * sizeof<T>();
      source += ELEMENT;
      target += ELEMENT;
    }
    source += 7 * jump;
    if (--left == 0) {
      source += GAP;
      left = piece;
    }
  }
}

/** Largest radix of passOdd. */
const MOST: i32 = 31;
/** Sums and differences of the elements that mirror each other. */
const pairs: usize = memory.data(<i32>MOST * 32, 16);

/** Any odd radix, by its definition; `roots` holds cosine and sine of its multiples of the angle. */
export function passOdd<T>(
  source: usize,
  target: usize,
  radix: i32,
  before: i32,
  after: i32,
  roots: usize,
  twiddles: usize,
  piece: i32,
): void {
  const jump = <usize>after * ELEMENT;
  const span = pieceBytes(<usize>before * jump, after);
  let left = piece;
  const half = radix >> 1;
  for (let k = 0; k < before; k++) {
    const turned = after > 1;
    let twiddle = twiddles;
    for (let i = 0; i < after; i++) {
      const firstRe = v128.load(source);
      const firstIm = v128.load(source, 16);
      let sumRe = firstRe;
      let sumIm = firstIm;
      for (let p = 1; p <= half; p++) {
        const low = source + <usize>p * jump;
        const high = source + <usize>(radix - p) * jump;
        const pair = pairs + <usize>(p - 1) * 2 * ELEMENT;
        const lowRe = v128.load(low);
        const lowIm = v128.load(low, 16);
        const highRe = v128.load(high);
        const highIm = v128.load(high, 16);
        const re = v128.add<T>(lowRe, highRe);
        const im = v128.add<T>(lowIm, highIm);
        v128.store(pair, re);
        v128.store(pair, im, 16);
        v128.store(pair, v128.sub<T>(lowRe, highRe), 32);
        v128.store(pair, v128.sub<T>(lowIm, highIm), 48);
        sumRe = v128.add<T>(sumRe, re);
        sumIm = v128.add<T>(sumIm, im);
      }
      v128.store(target, sumRe);
      v128.store(target, sumIm, 16);
      for (let q = 1; q <= half; q++) {
        let midRe = firstRe;
        let midIm = firstIm;
        let turnRe = v128.splat<T>(0);
        let turnIm = turnRe;
        let multiple = 0;
        let pair = pairs;
        for (let p = 1; p <= half; p++) {
          multiple += q;
          if (multiple >= radix) multiple -= radix;
          const at = roots + <usize>(2 * multiple) * sizeof<T>();
          const cosine = factor<T>(at);
          const sine = factor<T>(at + sizeof<T>());
          midRe = v128.add<T>(midRe, v128.mul<T>(v128.load(pair), cosine));
          midIm = v128.add<T>(midIm, v128.mul<T>(v128.load(pair, 16), cosine));
          turnRe = v128.add<T>(turnRe, v128.mul<T>(v128.load(pair, 48), sine));
          turnIm = v128.add<T>(turnIm, v128.mul<T>(v128.load(pair, 32), sine));
          pair += 2 * ELEMENT;
        }
        const low = target + <usize>q * span;
        const high = target + <usize>(radix - q) * span;
        storeTimes<T>(low, v128.add<T>(midRe, turnRe), v128.sub<T>(midIm, turnIm), turned, twiddle, 2 * (q - 1));
        storeTimes<T>(
          high,
          v128.sub<T>(midRe, turnRe),
          v128.add<T>(midIm, turnIm),
          turned,
          twiddle,
          2 * (radix - q - 1),
        );
      }
      twiddle += <usize>(2 * (radix - 1)) * sizeof<T>();
      source += ELEMENT;
      target += ELEMENT;
    }
    source += <usize>(radix - 1) * jump;
    if (--left == 0) {
      source += GAP;
      left = piece;
    }
  }
}
