// Multiplies blocks of spectra by the transfer functions of filters, which are a factor for each row combined with one
// for each column.

/** Radii below which the series is exact to 1e-12, in two dimensions and in three; beyond, closed forms are. */
const SERIES_2D: f64 = 12;
const SERIES_3D: f64 = 1;

/** The Fourier transform of a ball of `rank` (2 or 3) dimensions and volume 1, at `square` = (2 pi radius frequency)^2. */
function ballTransform(square: f64, rank: i32): f64 {
  const r = sqrt(square);
  if (r < (rank == 2 ? SERIES_2D : SERIES_3D)) {
    // 0F1(; rank / 2 + 1; -square / 4), from its last term.
    let sum: f64 = 1;
    for (let k = <i32>(8 + 2 * r); k > 0; k--) sum = 1 - (square * sum) / <f64>(2 * k * (2 * k + rank));
    return sum;
  }
  const sine = Math.sin(r);
  const cosine = Math.cos(r);
  if (rank == 3) return (3 * (sine - r * cosine)) / (r * square);
  // 2 J1(r) / r by Hankel's asymptotic expansion.
  const eighth = 1 / (8 * r);
  let even: f64 = 1;
  let odd: f64 = 0;
  let term: f64 = 1;
  for (let k = 1; k <= 20; k += 2) {
    term *= (<f64>(4 - (2 * k - 1) * (2 * k - 1)) * eighth) / <f64>k;
    odd += term;
    term *= (<f64>((2 * k + 1) * (2 * k + 1) - 4) * eighth) / <f64>(k + 1);
    even += term;
  }
  return (2 * (even * (sine - cosine) + odd * (sine + cosine))) / (r * sqrt(Math.PI * r));
}

function multiply<T>(
  input: usize,
  output: usize,
  parts: i32,
  rank: i32,
  rows: usize,
  columns: usize,
  outer: i32,
  inner: i32,
): void {
  for (let o = 0; o < outer; o++) {
    const row = load<f64>(rows + (<usize>o << 3));
    for (let i = 0; i < inner; i++) {
      const column = load<f64>(columns + (<usize>i << 3));
      const factor = rank == 0 ? row * column : ballTransform(row + column, rank);
      for (let part = 0; part < parts; part++) {
        store<T>(output, <T>(<f64>load<T>(input) * factor));
        input += sizeof<T>();
        output += sizeof<T>();
      }
    }
  }
}

function rotate<T>(input: usize, output: usize, rows: usize, columns: usize, outer: i32, inner: i32): void {
  for (let o = 0; o < outer; o++) {
    const rowRe = load<f64>(rows + (<usize>o << 4));
    const rowIm = load<f64>(rows + (<usize>o << 4), 8);
    for (let i = 0; i < inner; i++) {
      const columnRe = load<f64>(columns + (<usize>i << 4));
      const columnIm = load<f64>(columns + (<usize>i << 4), 8);
      const re = rowRe * columnRe - rowIm * columnIm;
      const im = rowRe * columnIm + rowIm * columnRe;
      const a = <f64>load<T>(input);
      const b = <f64>load<T>(input, sizeof<T>());
      store<T>(output, <T>(a * re - b * im));
      store<T>(output, <T>(a * im + b * re), sizeof<T>());
      input += 2 * sizeof<T>();
      output += 2 * sizeof<T>();
    }
  }
}

export function fourierFilter(
  input: usize,
  output: usize,
  bytes: i32,
  parts: i32,
  rank: i32,
  rows: usize,
  columns: usize,
  outer: i32,
  inner: i32,
): void {
  if (bytes == 4) multiply<f32>(input, output, parts, rank, rows, columns, outer, inner);
  else multiply<f64>(input, output, parts, rank, rows, columns, outer, inner);
}

export function fourierRotate(
  input: usize,
  output: usize,
  bytes: i32,
  rows: usize,
  columns: usize,
  outer: i32,
  inner: i32,
): void {
  if (bytes == 4) rotate<f32>(input, output, rows, columns, outer, inner);
  else rotate<f64>(input, output, rows, columns, outer, inner);
}
