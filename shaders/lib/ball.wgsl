// The Fourier transform of a ball of two or three dimensions: kernels/fourierFilter.ts in float32.

/** Sine and cosine to 1e-7 for moderate arguments: WGSL's own may be wrong by 2^-11. */
fn sineCosine(x: f32) -> vec2f {
  let n = round(x * 0.636619772);
  // pi / 2 in three parts, of which the first two have few bits.
  let r = ((x - n * 1.5703125) - n * 4.83751297e-4) - n * 7.54978995e-8;
  let z = r * r;
  let s = r - r * z * (1.0 / 6.0 - z * (1.0 / 120.0 - z * (1.0 / 5040.0 - z / 362880.0)));
  let c = 1.0 - z * (0.5 - z * (1.0 / 24.0 - z * (1.0 / 720.0 - z / 40320.0)));
  let quadrant = u32(i32(n)) & 3u;
  let turned = select(vec2f(s, c), vec2f(c, -s), (quadrant & 1u) == 1u);
  return select(turned, -turned, quadrant >= 2u);
}

fn ballTransform(square: f32, rank: u32) -> f32 {
  let r = sqrt(square);
  if (r < 8.0) {
    var sum = 1.0;
    for (var k = 8u + 2u * u32(r); k > 0u; k--) {
      sum = 1.0 - square * sum / f32(2u * k * (2u * k + rank));
    }
    return sum;
  }
  let angle = sineCosine(r);
  if (rank == 3u) {
    return 3.0 * (angle.x / r - angle.y) / square;
  }
  let eighth = 0.125 / r;
  var even = 1.0;
  var odd = 0.0;
  var term = 1.0;
  for (var k = 1; k <= 8; k += 2) {
    term *= f32(4 - (2 * k - 1) * (2 * k - 1)) * eighth / f32(k);
    odd += term;
    term *= f32((2 * k + 1) * (2 * k + 1) - 4) * eighth / f32(k + 1);
    even += term;
  }
  let wave = even * (angle.x - angle.y) + odd * (angle.x + angle.y);
  return 2.0 * wave / (r * sqrt(3.14159265 * r));
}
