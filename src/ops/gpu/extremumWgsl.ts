// WGSL of extrema of boxes, written out down columns by doubling: what an invocation needs stays in registers.

import type { DType } from '../../core/dtype';
import { lanes, packedOutput } from './wgsl';

/** Most elements of a box along an axis. */
export const PLANE_WINDOW = 33;

const SIDE = 8;

export interface ExtremumCode {
  readonly dtype: DType;
  readonly maximum: boolean;
  /** Rows of the box. */
  readonly height: number;
  /** Whether positions may be -1, for the constant. */
  readonly constant: boolean;
  /** Whether rows of the output begin with a word. */
  readonly aligned: boolean;
}

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** `fn block`, for shaders/extremumPlane.wgsl. */
export function extremumHeader(code: ExtremumCode): string {
  const { dtype, maximum, height, constant, aligned } = code;
  const span = SIDE + height - 1;
  const better = maximum ? 'max' : 'min';
  const value = (i: number) =>
    constant
      ? `select(outside, keyAt(base + u32(max(r${i}, 0)) * params.inputWidth + u32(max(column, 0))), r${i} >= 0 && column >= 0)`
      : `keyAt(base + u32(r${i}) * params.inputWidth + u32(column))`;
  const { code: columns, last } = doubled(height, span, better);
  const vector = (half: number) => `vec4u(${[0, 1, 2, 3].map((r) => `${last}_${4 * half + r}`).join(', ')})`;
  const perWord = lanes(dtype);
  const word = (row: number, first: number) =>
    Array.from({ length: perWord }, (_, lane) => {
      const n = first + lane;
      const bits = `bitsOf(s${row >> 2}_${n}[${row & 3}])`;
      if (perWord === 1) return bits;
      const inside = aligned ? bits : `select(0u, ${bits}, x + ${n}u < params.width)`;
      return `((${inside} & ${2 ** (32 / perWord) - 1}u) << ${(lane * 32) / perWord}u)`;
    }).join(' | ');
  const store = (row: number) =>
    lines(SIDE / perWord, (k) => {
      const n = k * perWord;
      return `if (x + ${n}u < params.width) { putWord(at + ${n}u, ${word(row, n)}); }`;
    });
  return `${packedOutput(3, aligned)}
fn block(x: u32, y: u32, plane: u32) {
  let base = plane * params.inputPlane;
  let outside = keyOfBits(params.value);
  let lastRow = params.height + ${height}u - 2u;
  let lastColumn = params.width + params.taps - 2u;
  ${lines(span, (i) => `let r${i} = tables[min(y + ${i}u, lastRow)];`)}
  ${lines(SIDE, (n) => `var s0_${n} = vec4u(${maximum ? '0u' : '0xffffffffu'});\nvar s1_${n} = s0_${n};`)}
  for (var tap = 0u; tap < params.taps + ${SIDE - 1}u; tap++) {
    let column = tables[lastRow + 1u + min(x + tap, lastColumn)];
    ${lines(span, (i) => `let m1_${i} = ${value(i)};`)}
    ${columns}
    let upper = ${vector(0)};
    let lower = ${vector(1)};
    ${lines(
      SIDE,
      (n) => `{
      let inside = tap - ${n}u < params.taps;
      s0_${n} = select(s0_${n}, ${better}(s0_${n}, upper), inside);
      s1_${n} = select(s1_${n}, ${better}(s1_${n}, lower), inside);
    }`,
    )}
  }
  ${lines(
    SIDE,
    (row) => `if (y + ${row}u < params.height) {
    let at = (plane * params.height + y + ${row}u) * params.width + x;
    ${store(row)}
  }`,
  )}
}
`;
}

/** Extrema of `height` elements from each of the first on, from those of 1, 2, 4, … elements; `last` names them. */
function doubled(height: number, span: number, better: string): { code: string; last: string } {
  const code: string[] = [];
  let covered = 1;
  while (covered < height) {
    const next = Math.min(height, 2 * covered);
    const shift = next - covered;
    for (let i = 0; i + next <= span; i++)
      code.push(`let m${next}_${i} = ${better}(m${covered}_${i}, m${covered}_${i + shift});`);
    covered = next;
  }
  return { code: code.join('\n'), last: `m${covered}` };
}
