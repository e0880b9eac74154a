// WGSL of n-D correlations, written out down columns: eight rows an invocation share what they read.

/** Rows that an invocation computes. */
export const BLOCK_ROWS = 8;

/** Most taps down columns: they are written out. */
export const MOST_ROW_TAPS = 25;

export interface RowsCode {
  /** Taps down columns. */
  readonly taps: number;
  /** Whether positions may be -1, for the constant. */
  readonly constant: boolean;
  /** Whether weights of zero are among them: these do not look at their element, which may be NaN. */
  readonly zeros: boolean;
}

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** The header of shaders/correlateRows.wgsl: `fn columnSums`, the sums over one column of the window. */
export function rowsHeader({ taps, constant, zeros }: RowsCode): string {
  const span = BLOCK_ROWS + taps - 1;
  const value = (i: number) =>
    constant
      ? `select(params.cval, input[base + u32(max(rows.r${i}, 0))], isLine && rows.r${i} >= 0)`
      : `input[base + u32(rows.r${i})]`;
  const product = (k: number, q: number) => {
    const values = [0, 1, 2, 3].map((r) => `v${4 * q + k + r}`).join(', ');
    const code = `w${k} * vec4f(${values})`;
    return zeros ? `select(vec4f(0.0), ${code}, w${k} != 0.0)` : code;
  };
  return `struct Rows {
${lines(span, (i) => `r${i}: i32,`)}
}
fn rowsFrom(first: u32, last: u32, stride: i32) -> Rows {
  var rows: Rows;
  ${lines(span, (i) => `rows.r${i} = tables[min(first + ${i}u, last)] * stride;`)}
  return rows;
}
struct Sums {
  upper: vec4f,
  lower: vec4f,
}
fn columnSums(rows: Rows, base: u32, isLine: bool, weight: u32, stride: u32) -> Sums {
  ${lines(taps, (k) => `let w${k} = weights[weight + ${k}u * stride];`)}
  ${lines(span, (i) => `let v${i} = ${value(i)};`)}
  var upper = vec4f(0.0);
  var lower = vec4f(0.0);
  ${lines(taps, (k) => `upper += ${product(k, 0)};\nlower += ${product(k, 1)};`)}
  return Sums(upper, lower);
}
`;
}
