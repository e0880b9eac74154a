/** More sweeps than any matrix of a few rows needs. */
const SWEEPS = 50;

/**
 * Eigenvalues of a symmetric matrix (n x n, C order), descending: Jacobi's rotations, accurate to the last digits of
 * the largest.
 */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const a = matrix.slice();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        off += Math.abs(a[p * n + q]);
        rotate(a, n, p, q);
      }
    }
    if (off === 0) break;
  }
  return Float64Array.from({ length: n }, (_, i) => a[i * n + i])
    .sort()
    .reverse();
}

/** Turns the plane of axes p and q so that their product vanishes. */
function rotate(a: Float64Array, n: number, p: number, q: number): void {
  const product = a[p * n + q];
  if (product === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * product);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cos = 1 / Math.hypot(t, 1);
  const sin = t * cos;
  a[p * n + p] -= t * product;
  a[q * n + q] += t * product;
  a[p * n + q] = a[q * n + p] = 0;
  for (let r = 0; r < n; r++) {
    if (r === p || r === q) continue;
    const [x, y] = [a[r * n + p], a[r * n + q]];
    a[r * n + p] = a[p * n + r] = cos * x - sin * y;
    a[r * n + q] = a[q * n + r] = sin * x + cos * y;
  }
}
