// Transfer functions of filters, as factors along the axes of a spectrum in the order of numpy.fft. In float64.
import type { Interval, Region, Shape } from '../../core/region';

export type FourierFilter = 'gaussian' | 'uniform' | 'ellipsoid' | 'shift';

/** A filter over a spectrum. */
export interface Transfer {
  readonly filter: FourierFilter;
  /** Sigma, size or shift along each axis, in elements of the image. */
  readonly sizes: readonly number[];
  /** The image's length along each axis. */
  readonly lengths: readonly number[];
  /** The axis of a real transform, which has no negative frequencies; -1 for a complex one. */
  readonly realAxis: number;
}

/** How the factors of a row and a column make one. */
export type Combination =
  /** Their product. */
  | 'product'
  /** The product of unit complex numbers: real and imaginary parts in turn. */
  | 'rotation'
  /** The transform of a ball of that rank, at the sum of squares. */
  | 2
  | 3;

export const combinationOf = ({ filter, sizes: { length: rank } }: Transfer): Combination => {
  if (filter === 'shift') return 'rotation';
  return filter === 'ellipsoid' && (rank === 2 || rank === 3) ? rank : 'product';
};

/** Below this SciPy takes an exponential for zero. */
const NEGLIGIBLE_EXPONENT = -50;

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x) / x);

/** What one axis contributes at a frequency of `k` periods along it; numbers to be multiplied, angles to be added. */
function factor({ filter, sizes }: Transfer, axis: number, k: number, length: number): number {
  const size = sizes[axis];
  if (filter === 'shift') return (-2 * Math.PI * size * k) / length;
  const x = (Math.PI * size * k) / length;
  if (filter === 'gaussian') {
    const exponent = -2 * x * x;
    return exponent < NEGLIGIBLE_EXPONENT ? 0 : Math.exp(exponent);
  }
  if (filter === 'ellipsoid') return sizes.length === 1 ? sinc(x) : x * x;
  // A box of no extent passes the mean only, as in SciPy.
  return k === 0 ? 1 : size > 0 ? sinc(x) : 0;
}

function alongAxis(transfer: Transfer, axis: number, [start, stop]: Interval, shape: Shape): Float64Array {
  const n = shape[axis];
  const firstNegative = axis === transfer.realAxis ? n : (n + 1) >> 1;
  return Float64Array.from({ length: stop - start }, (_, i) => {
    const at = start + i;
    return factor(transfer, axis, at < firstNegative ? at : at - n, transfer.lengths[axis]);
  });
}

/** The factors of a region of a spectrum of `shape`: for each row (all axes but the last) and each column. */
export function transferFactors(
  transfer: Transfer,
  region: Region,
  shape: Shape,
): { readonly rows: Float64Array; readonly columns: Float64Array } {
  const multiplies = combinationOf(transfer) === 'product';
  const last = region.length - 1;
  let rows = Float64Array.of(multiplies ? 1 : 0);
  for (let axis = 0; axis < last; axis++) {
    const factors = alongAxis(transfer, axis, region[axis], shape);
    const next = new Float64Array(rows.length * factors.length);
    for (let i = 0; i < next.length; i++) {
      const [row, value] = [rows[Math.floor(i / factors.length)], factors[i % factors.length]];
      next[i] = multiplies ? row * value : row + value;
    }
    rows = next;
  }
  const columns = alongAxis(transfer, last, region[last], shape);
  return transfer.filter === 'shift'
    ? { rows: unitNumbers(rows), columns: unitNumbers(columns) }
    : { rows, columns };
}

/** exp(i angle), real and imaginary parts in turn. */
function unitNumbers(angles: Float64Array): Float64Array {
  const out = new Float64Array(2 * angles.length);
  angles.forEach((angle, i) => {
    out[2 * i] = Math.cos(angle);
    out[2 * i + 1] = Math.sin(angle);
  });
  return out;
}
