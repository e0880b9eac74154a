// Vectors of accumulators: widening loads and C-casting stores between element type T and accumulator type A.
import { fromDouble } from './dtype';

/** High half of a vector of 32-bit lanes, moved low, where conversions to f64 read. */
// @ts-ignore: decorator
@inline
function high(v: v128): v128 {
  return v128.shuffle<i64>(v, v, 1, 1);
}

// @ts-ignore: decorator
@inline
function storeWide<T>(target: usize, v: v128): void {
  if (isSigned<T>() || sizeof<T>() < 4) {
    v128.store(target, f64x2.convert_low_i32x4_s(v));
    v128.store(target, f64x2.convert_low_i32x4_s(high(v)), 16);
  } else {
    v128.store(target, f64x2.convert_low_i32x4_u(v));
    v128.store(target, f64x2.convert_low_i32x4_u(high(v)), 16);
  }
}

/**
 * Converts `count` elements of T to accumulators of A (f64, f32 from f32 or unsigned ones of up to 16 bits, i16 from
 * up to 16 bits).
 */
export function widen<T, A>(source: usize, target: usize, count: i32): void {
  let i = 0;
  if (sizeof<A>() == 2) {
    if (sizeof<T>() == 2) {
      memory.copy(target, source, <usize>count << 1);
      return;
    }
    for (; i <= count - 8; i += 8) {
      v128.store(target, isSigned<T>() ? v128.load8x8_s(source) : v128.load8x8_u(source));
      source += 8;
      target += 16;
    }
  } else if (sizeof<A>() == 4 && isInteger<T>()) {
    for (; i <= count - 8; i += 8) {
      const v = sizeof<T>() == 2 ? v128.load(source) : v128.load8x8_u(source);
      v128.store(target, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(v)));
      v128.store(target, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(v)), 16);
      source += 8 * sizeof<T>();
      target += 32;
    }
  } else if (sizeof<T>() == sizeof<A>() && isFloat<T>()) {
    for (; i <= count - 8; i += 8) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
      if (sizeof<A>() == 8) {
        v128.store(target, v128.load(source, 32), 32);
        v128.store(target, v128.load(source, 48), 48);
      }
      source += 8 * sizeof<T>();
      target += 8 * sizeof<A>();
    }
  } else if (isFloat<T>()) {
    for (; i <= count - 4; i += 4) {
      const v = v128.load(source);
      v128.store(target, f64x2.promote_low_f32x4(v));
      v128.store(target, f64x2.promote_low_f32x4(high(v)), 16);
      source += 16;
      target += 32;
    }
  } else if (sizeof<T>() == 1) {
    for (; i <= count - 8; i += 8) {
      if (isSigned<T>()) {
        const v = v128.load8x8_s(source);
        storeWide<T>(target, i32x4.extend_low_i16x8_s(v));
        storeWide<T>(target + 32, i32x4.extend_high_i16x8_s(v));
      } else {
        const v = v128.load8x8_u(source);
        storeWide<T>(target, i32x4.extend_low_i16x8_u(v));
        storeWide<T>(target + 32, i32x4.extend_high_i16x8_u(v));
      }
      source += 8;
      target += 64;
    }
  } else if (sizeof<T>() == 2) {
    for (; i <= count - 4; i += 4) {
      storeWide<T>(target, isSigned<T>() ? v128.load16x4_s(source) : v128.load16x4_u(source));
      source += 8;
      target += 32;
    }
  } else if (sizeof<T>() == 4) {
    for (; i <= count - 4; i += 4) {
      storeWide<T>(target, v128.load(source));
      source += 16;
      target += 32;
    }
  }
  for (; i < count; i++) {
    store<A>(target, <A>load<T>(source));
    source += sizeof<T>();
    target += sizeof<A>();
  }
}

/** Elements in the four accumulator vectors that kernels keep in registers. */
// @ts-ignore: decorator
@inline
export function blockLanes<A>(): i32 {
  return 64 / <i32>sizeof<A>();
}

// @ts-ignore: decorator
@inline
function truncatePair(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(i32x4.trunc_sat_f64x2_s_zero(a), i32x4.trunc_sat_f64x2_s_zero(b), 0, 2);
}

// @ts-ignore: decorator
@inline
function storePair<T>(target: usize, v: v128): void {
  store<T>(target, fromDouble<T>(f64x2.extract_lane(v, 0)));
  store<T>(target, fromDouble<T>(f64x2.extract_lane(v, 1)), sizeof<T>());
}

/**
 * Stores four accumulator vectors as consecutive elements, cast like C. `small` promises magnitudes below 2^31, so
 * that 32-bit truncation is enough.
 */
// @ts-ignore: decorator
@inline
export function storeBlock<T, A>(target: usize, a: v128, b: v128, c: v128, d: v128, small: bool): void {
  if (sizeof<A>() == 2 && sizeof<T>() == 1) {
    // Narrowing saturates; masking first makes it wrap.
    const mask = i16x8.splat(0xff);
    v128.store(target, i8x16.narrow_i16x8_u(v128.and(a, mask), v128.and(b, mask)));
    v128.store(target, i8x16.narrow_i16x8_u(v128.and(c, mask), v128.and(d, mask)), 16);
  } else if (sizeof<A>() == 2 || (sizeof<T>() == sizeof<A>() && isFloat<T>())) {
    v128.store(target, a);
    v128.store(target, b, 16);
    v128.store(target, c, 32);
    v128.store(target, d, 48);
  } else if (isFloat<T>()) {
    v128.store(target, v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2));
    v128.store(target, v128.shuffle<i64>(f32x4.demote_f64x2_zero(c), f32x4.demote_f64x2_zero(d), 0, 2), 16);
  } else if (sizeof<T>() <= 4 && small) {
    const low = truncatePair(a, b);
    const up = truncatePair(c, d);
    if (sizeof<T>() == 4) {
      v128.store(target, low);
      v128.store(target, up, 16);
    } else if (sizeof<T>() == 2) {
      // Narrowing saturates; masking first makes it wrap.
      const mask = i32x4.splat(0xffff);
      v128.store(target, i16x8.narrow_i32x4_u(v128.and(low, mask), v128.and(up, mask)));
    } else {
      const mask = i32x4.splat(0xff);
      const narrow = i16x8.narrow_i32x4_u(v128.and(low, mask), v128.and(up, mask));
      let bytes = i8x16.narrow_i16x8_u(narrow, narrow);
      if (isBoolean<T>()) bytes = i8x16.min_u(bytes, i8x16.splat(1));
      v128.store64_lane(target, bytes, 0);
    }
  } else {
    storePair<T>(target, a);
    storePair<T>(target + 2 * sizeof<T>(), b);
    storePair<T>(target + 4 * sizeof<T>(), c);
    storePair<T>(target + 6 * sizeof<T>(), d);
  }
}

/** The largest magnitude of an integer type, for deciding whether `storeBlock` may take the `small` path. */
// @ts-ignore: decorator
@inline
export function magnitude<T>(): f64 {
  if (isFloat<T>() || sizeof<T>() == 8) return Infinity;
  if (isBoolean<T>()) return 1;
  return <f64>(<u64>1 << (8 * sizeof<T>() - (isSigned<T>() ? 1 : 0)));
}
