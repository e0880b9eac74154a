// WGSL of the element of a rank in small windows, written out as a selection network over registers.
import type { DType } from '../../core/dtype';
import { lanes, packedOutput } from './wgsl';

/** Most elements of a window whose network is written out. */
export const NETWORK_TAPS = 25;

/** Rows that an invocation computes. */
export const NETWORK_ROWS = 4;

export interface NetworkCode {
  readonly dtype: DType;
  /** Of the window's box: rows and columns. */
  readonly size: readonly [number, number];
  /** Row and column of each element of the window. */
  readonly taps: readonly (readonly [number, number])[];
  readonly rank: number;
  /** Exchanges: positions of the smaller and of the larger element, flat. */
  readonly network: readonly number[];
  /** Whether positions may be -1, for the constant. */
  readonly constant: boolean;
  /** Whether rows of the output begin with a word. */
  readonly aligned: boolean;
}

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** `fn block`, for shaders/rankPlane.wgsl: a word of columns and four rows. */
export function networkHeader(code: NetworkCode): string {
  const { dtype, size, taps, rank, network, constant, aligned } = code;
  const [height, width] = size;
  // `&`, since `&&` is a branch.
  const value = (i: number, j: number) =>
    constant ? `select(outside, keyAt(b${i} + x${j}), (r${i} >= 0) & (c${j} >= 0))` : `keyAt(b${i} + x${j})`;
  const place = (name: string) => `u32(${constant ? `max(${name}, 0)` : name})`;
  const looked = new Set(taps.flatMap(([i, j]) => [0, 1, 2, 3].map((row) => `${i + row}_${j}`)));
  const loads = [...looked].map((name) => {
    const [i, j] = name.split('_').map(Number);
    return `let v${name} = ${value(i, j)};`;
  });
  const exchanges = Array.from({ length: network.length / 2 }, (_, k) => {
    const [low, high] = network.slice(2 * k, 2 * k + 2);
    return `{ let a = e${low}; e${low} = min(a, e${high}); e${high} = max(a, e${high}); }`;
  });
  const perWord = lanes(dtype);
  return `${packedOutput(3, aligned)}
fn block(x: u32, y: u32, plane: u32) {
  let base = plane * params.inputPlane;
  let outside = keyOfBits(params.value);
  let lastRow = params.height + ${height}u - 2u;
  ${lines(
    NETWORK_ROWS + height - 1,
    (i) => `let r${i} = tables[min(y + ${i}u, lastRow)];
  let b${i} = base + ${place(`r${i}`)} * params.inputWidth;`,
  )}
  var words = vec4u(0u);
  for (var lane = 0u; lane < min(${perWord}u, params.width - x); lane++) {
    ${lines(
      width,
      (j) => `let c${j} = tables[lastRow + 1u + x + lane + ${j}u];
    let x${j} = ${place(`c${j}`)};`,
    )}
    ${loads.join('\n')}
    ${taps.map(([i, j], k) => `var e${k} = vec4u(${[0, 1, 2, 3].map((row) => `v${i + row}_${j}`).join(', ')});`).join('\n')}
    ${exchanges.join('\n')}
    ${lines(4, (row) => `words[${row}] = insertBits(words[${row}], bitsOf(e${rank}[${row}]), lane * BITS, BITS);`)}
  }
  let at = (plane * params.height + y) * params.width + x;
  ${lines(NETWORK_ROWS, (row) => `if (y + ${row}u < params.height) { putWord(at + ${row}u * params.width, words[${row}]); }`)}
}
`;
}
