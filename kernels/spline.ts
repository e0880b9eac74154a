// B-spline weights and the mapping of coordinates beyond the edge, operation for operation as SciPy's ndimage, so that
// decisions at edges and half pixels are the same.

/** Codes of boundary modes: positions in GATHER_MODES of src/ops/ndinterp/geometry.ts. */
export namespace Mode {
  export const CONSTANT = 0;
  export const NEAREST = 1;
  export const MIRROR = 2;
  export const REFLECT = 3;
  export const WRAP = 4;
  export const GRID_WRAP = 5;
  export const GRID_CONSTANT = 6;
}

/** Weights of the `order` + 1 taps around coordinate `x`. */
export function splineWeights(x: f64, order: i32, weights: usize): void {
  x -= floor(order & 1 ? x : x + 0.5);
  let y = x;
  let z = 1.0 - x;
  if (order == 1) {
    store<f64>(weights, 1.0 - x);
  } else if (order == 2) {
    store<f64>(weights, 0.75 - x * x, 8);
    y = 0.5 - x;
    store<f64>(weights, 0.5 * y * y);
  } else if (order == 3) {
    store<f64>(weights, (y * y * (y - 2.0) * 3.0 + 4.0) / 6.0, 8);
    store<f64>(weights, (z * z * (z - 2.0) * 3.0 + 4.0) / 6.0, 16);
    store<f64>(weights, (z * z * z) / 6.0);
  } else if (order == 4) {
    let t = x * x;
    store<f64>(weights, t * (t * 0.25 - 0.625) + 115.0 / 192.0, 16);
    y = 1.0 + x;
    store<f64>(weights, y * (y * ((y * (5.0 - y)) / 6.0 - 1.25) + 5.0 / 24.0) + 55.0 / 96.0, 8);
    store<f64>(weights, z * (z * ((z * (5.0 - z)) / 6.0 - 1.25) + 5.0 / 24.0) + 55.0 / 96.0, 24);
    y = 0.5 - x;
    t = y * y;
    store<f64>(weights, (t * t) / 24.0);
  } else if (order == 5) {
    let t = y * y;
    store<f64>(weights, t * (t * (0.25 - y / 12.0) - 0.5) + 0.55, 16);
    t = z * z;
    store<f64>(weights, t * (t * (0.25 - z / 12.0) - 0.5) + 0.55, 24);
    y += 1.0;
    store<f64>(weights, y * (y * (y * (y * (y / 24.0 - 0.375) + 1.25) - 1.75) + 0.625) + 0.425, 8);
    z += 1.0;
    store<f64>(weights, z * (z * (z * (z * (z / 24.0 - 0.375) + 1.25) - 1.75) + 0.625) + 0.425, 32);
    y = 1.0 - x;
    t = y * y;
    store<f64>(weights, (y * t * t) / 120.0);
  }
  let last: f64 = 1.0;
  for (let i = 0; i < order; i++) last -= load<f64>(weights + (<usize>i << 3));
  store<f64>(weights + (<usize>order << 3), last);
}

/** The coordinate inside the array that stands for `x`; -1 where the constant does. */
export function mapCoordinate(x: f64, length: i32, mode: i32): f64 {
  const last = <f64>(length - 1);
  if (x >= 0 && x <= last) return x;
  if (mode == Mode.CONSTANT || x != x) return -1;
  if (mode == Mode.NEAREST) return x < 0 ? 0 : last;
  if (length <= 1) return 0;
  const size = <f64>length;
  if (mode == Mode.MIRROR) {
    const period = 2 * last;
    if (x < 0) {
      x = period * trunc(-x / period) + x;
      return x <= -last ? x + period : -x;
    }
    x -= period * trunc(x / period);
    return x >= size ? period - x : x;
  }
  if (mode == Mode.REFLECT) {
    const period = 2 * size;
    if (x < 0) {
      if (x < -period) x = period * trunc(-x / period) + x;
      return x < -size ? x + period : (x > -1e-15 ? 1e-15 : -x) - 1;
    }
    x -= period * trunc(x / period);
    return x >= size ? period - x - 1 : x;
  }
  if (mode == Mode.WRAP) return x < 0 ? x + last * (trunc(-x / last) + 1) : x - last * trunc(x / last);
  return x < 0 ? x + size * (trunc((-1 - x) / size) + 1) : x - size * trunc(x / size);
}

/** The element that tap `index` beyond the edge stands for; -1 where the constant does. */
export function mapTap(index: i32, length: i32, mode: i32): i32 {
  if (index >= 0 && index < length) return index;
  if (mode == Mode.GRID_CONSTANT) return -1;
  // Under constant and wrap the spline goes on as a mirror.
  const spline = mode == Mode.CONSTANT || mode == Mode.WRAP ? Mode.MIRROR : mode;
  return <i32>mapCoordinate(<f64>index, length, spline);
}
