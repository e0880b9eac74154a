// Weights of B-splines of `const ORDER: u32`, which the header gives.
alias Weights = array<f32, 6>;

// The taps' weights for a coordinate `x` beyond the middle tap: in [0, 1) for odd orders, [-0.5, 0.5) for even ones.
fn splineWeights(x: f32) -> Weights {
  var w: Weights;
  let z = 1.0 - x;
  switch ORDER {
    case 0u: {
      w[0] = 1.0;
    }
    case 1u: {
      w[0] = z;
      w[1] = x;
    }
    case 2u: {
      let a = 0.5 - x;
      let b = 0.5 + x;
      w[0] = 0.5 * a * a;
      w[1] = 0.75 - x * x;
      w[2] = 0.5 * b * b;
    }
    case 3u: {
      w[0] = z * z * z / 6.0;
      w[1] = (x * x * (x - 2.0) * 3.0 + 4.0) / 6.0;
      w[2] = (z * z * (z - 2.0) * 3.0 + 4.0) / 6.0;
      w[3] = x * x * x / 6.0;
    }
    case 4u: {
      let t = x * x;
      let y = 1.0 + x;
      let a = (0.5 - x) * (0.5 - x);
      let b = (0.5 + x) * (0.5 + x);
      w[0] = a * a / 24.0;
      w[1] = y * (y * (y * (5.0 - y) / 6.0 - 1.25) + 5.0 / 24.0) + 55.0 / 96.0;
      w[2] = t * (t * 0.25 - 0.625) + 115.0 / 192.0;
      w[3] = z * (z * (z * (5.0 - z) / 6.0 - 1.25) + 5.0 / 24.0) + 55.0 / 96.0;
      w[4] = b * b / 24.0;
    }
    default: {
      let t = x * x;
      let u = z * z;
      let y = x + 1.0;
      let v = z + 1.0;
      w[0] = z * u * u / 120.0;
      w[1] = y * (y * (y * (y * (y / 24.0 - 0.375) + 1.25) - 1.75) + 0.625) + 0.425;
      w[2] = t * (t * (0.25 - x / 12.0) - 0.5) + 0.55;
      w[3] = u * (u * (0.25 - z / 12.0) - 0.5) + 0.55;
      w[4] = v * (v * (v * (v * (v / 24.0 - 0.375) + 1.25) - 1.75) + 0.625) + 0.425;
      w[5] = x * t * t / 120.0;
    }
  }
  return w;
}
