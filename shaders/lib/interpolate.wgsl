// The interpolated value at taps found before. The header gives the element type of input and output, ORDER, how many
// taps each of four axes has: `const TAPS: vec4u` (ORDER + 1, or 1), and RANK of them have several: the last ones. Where
// `const FIXED: bool` says so, `widened(T) -> u32` and `narrowed(u32) -> T` are values less the smallest one, in units of
// 2^-16. `input` and `params.cval` are the shader's. Needs lib/wide.wgsl.

// Element offsets of the taps along each axis; -1 the constant.
var<private> taps: array<array<i32, 6>, 4>;
// Coordinate beyond the middle tap along each axis, and in units of 2^-32.
var<private> fractions: array<f32, 4>;
var<private> rests: array<u32, 4>;

fn tapElement(offset: i32) -> T {
  if (offset < 0) {
    return params.cval;
  }
  let at = u32(offset);
  return decode(input[at / LANES], at % LANES);
}

fn tapOffset(offset: i32, axis: u32, tap: u32) -> i32 {
  return select(offset + taps[axis][tap], -1, offset < 0 || taps[axis][tap] < 0);
}

// Linear in one axis: exact where both ends agree.
fn linear(a: f32, b: f32, axis: u32) -> f32 {
  return a + fractions[axis] * (b - a);
}

fn lineValue(offset: i32, weights: ptr<function, array<Weights, 4>>) -> f32 {
  if (ORDER == 1u && TAPS.w == 2u) {
    return linear(f32(tapElement(tapOffset(offset, 3u, 0u))), f32(tapElement(tapOffset(offset, 3u, 1u))), 3u);
  }
  var sum = 0.0;
  for (var tap = 0u; tap < TAPS.w; tap++) {
    sum += (*weights)[3][tap] * f32(tapElement(tapOffset(offset, 3u, tap)));
  }
  return sum;
}

fn planeValue(offset: i32, weights: ptr<function, array<Weights, 4>>) -> f32 {
  if (ORDER == 1u && TAPS.z == 2u) {
    return linear(lineValue(tapOffset(offset, 2u, 0u), weights), lineValue(tapOffset(offset, 2u, 1u), weights), 2u);
  }
  var sum = 0.0;
  for (var tap = 0u; tap < TAPS.z; tap++) {
    sum += (*weights)[2][tap] * lineValue(tapOffset(offset, 2u, tap), weights);
  }
  return sum;
}

fn volumeValue(offset: i32, weights: ptr<function, array<Weights, 4>>) -> f32 {
  if (ORDER == 1u && TAPS.y == 2u) {
    return linear(planeValue(tapOffset(offset, 1u, 0u), weights), planeValue(tapOffset(offset, 1u, 1u), weights), 1u);
  }
  var sum = 0.0;
  for (var tap = 0u; tap < TAPS.y; tap++) {
    sum += (*weights)[1][tap] * planeValue(tapOffset(offset, 1u, tap), weights);
  }
  return sum;
}

fn part(difference: u32, rest: u32) -> u32 {
  let product = multiply32(difference, rest);
  return product.y + (product.x >> 31u);
}

// Linear along RANK axes. Off by no more than 2^-17 of rounding and 2^-16 of the coordinate for each axis.
fn fixedLinear(base: i32) -> T {
  var values: array<u32, 16>;
  for (var corner = 0u; corner < (1u << RANK); corner++) {
    var offset = base;
    for (var slot = 0u; slot < RANK; slot++) {
      offset = tapOffset(offset, 3u - slot, (corner >> slot) & 1u);
    }
    values[corner] = widened(tapElement(offset));
  }
  for (var slot = 0u; slot < RANK; slot++) {
    let rest = rests[3u - slot];
    for (var i = 0u; i < (1u << (RANK - 1u - slot)); i++) {
      let a = values[2u * i];
      let b = values[2u * i + 1u];
      if (b >= a) {
        values[i] = a + part(b - a, rest);
      } else {
        values[i] = a - part(a - b, rest);
      }
    }
  }
  return narrowed(values[0]);
}

fn interpolated(base: i32) -> T {
  if (ORDER == 0u) {
    return tapElement(tapOffset(tapOffset(tapOffset(tapOffset(base, 0u, 0u), 1u, 0u), 2u, 0u), 3u, 0u));
  }
  if (FIXED) {
    return fixedLinear(base);
  }
  var weights: array<Weights, 4>;
  for (var axis = 0u; axis < 4u; axis++) {
    weights[axis][0] = 1.0;
    if (TAPS[axis] > 1u) {
      weights[axis] = splineWeights(fractions[axis]);
    }
  }
  if (ORDER == 1u && TAPS.x == 2u) {
    return rounded(linear(volumeValue(tapOffset(base, 0u, 0u), &weights), volumeValue(tapOffset(base, 0u, 1u), &weights), 0u));
  }
  var sum = 0.0;
  for (var tap = 0u; tap < TAPS.x; tap++) {
    sum += weights[0][tap] * volumeValue(tapOffset(base, 0u, tap), &weights);
  }
  return rounded(sum);
}

// Where an element stands in an array of this shape.
fn positionOf(element: u32, shape: vec4u) -> vec4u {
  let row = element / shape.w;
  let plane = row / shape.z;
  return vec4u(plane / shape.y, plane % shape.y, row % shape.z, element % shape.w);
}
