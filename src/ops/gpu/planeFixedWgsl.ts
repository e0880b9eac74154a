// WGSL of two correlations of 8- or 16-bit planes, down columns and then along rows of what comes of it, in fixed point;
// written out for the window's height and kept in registers, as ./planeWgsl.ts.
import { type DType, isSigned, itemSize } from '../../core/dtype';
import { ACROSS_VECTORS } from './planeWgsl';
import { bitsHeader, elementHeader, lanes, packedOutput } from './wgsl';

/** Rows that an invocation computes. */
export const FIXED_ROWS = 4;

/** Columns that an invocation computes: sums of 16-bit values take twice the registers. */
export const fixedColumns = (dtype: DType): number => (itemSize(dtype) === 1 ? 8 : 4);

export interface FixedPlaneCode {
  readonly dtype: DType;
  /** Taps down columns. */
  readonly height: number;
  /** Digits of a weight down columns and along rows. */
  readonly limbs: readonly [down: number, across: number];
  /** Whether positions may be -1, for the constants. */
  readonly constant: boolean;
  /** Whether rows of the output begin with a word. */
  readonly aligned: boolean;
}

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** The header of shaders/correlatePlaneFixed.wgsl. */
export function fixedPlaneHeader(code: FixedPlaneCode): string {
  const { dtype, height, limbs, constant, aligned } = code;
  const columns = fixedColumns(dtype);
  const span = FIXED_ROWS + height - 1;
  const sums = sumsOf(dtype);
  const value = (i: number) =>
    constant
      ? `select(params.fillDown, elementAt(base + u32(max(r${i}, 0)) + u32(max(column, 0))), r${i} >= 0)`
      : `elementAt(base + u32(r${i} + column))`;
  const down = lines(height, (k) => {
    const values = `vec4i(${[0, 1, 2, 3].map((r) => `v${k + r}`).join(', ')})`;
    return lines(limbs[0], (limb) => {
      const at = k * limbs[0] + limb;
      return sums.add('d', limb, `params.down[${at >> 2}][${at & 3}]`, values);
    });
  });
  const across = lines(columns, (n) =>
    lines(limbs[1], (limb) => sums.add(`s${n}_`, limb, `w${n}[${limb}]`, 'c')),
  );
  const shift = 32 - 8 * itemSize(dtype);
  const wrapped = isSigned(dtype)
    ? `(e << vec4u(${shift}u)) >> vec4u(${shift}u)`
    : `e & vec4i(${2 ** (32 - shift) - 1})`;
  const perWord = lanes(dtype);
  const word = (row: number, first: number) =>
    Array.from({ length: perWord }, (_, lane) => {
      const n = first + lane;
      const bits = `u32(t${n}[${row}])`;
      const inside = aligned ? bits : `select(0u, ${bits}, x + ${n}u < params.width)`;
      return `((${inside} & ${2 ** (32 / perWord) - 1}u) << ${(lane * 32) / perWord}u)`;
    }).join(' | ');
  return `${bitsHeader(dtype)}
${elementHeader(dtype).replace(/^const LANES.*\n/m, '')}
const ROWS = ${FIXED_ROWS}u;
const COLUMNS = ${columns}u;
const DOWN = ${Math.ceil((height * limbs[0]) / 4)}u;
const ACROSS = ${ACROSS_VECTORS}u;
${packedOutput(3, aligned)}
fn block(x: u32, y: u32, plane: u32) {
  let base = plane * params.inputPlane;
  let lastRow = params.height + ${height}u - 2u;
  let lastColumn = params.width + params.taps - 2u;
  ${lines(span, (i) => `let r${i} = tables[min(y + ${i}u, lastRow)];`)}
  ${lines(columns, (n) => sums.declare(`s${n}_`))}
  ${lines(columns, (n) => `var w${n} = vec4i(0);`)}
  for (var tap = 0u; tap < params.taps + ${columns - 1}u; tap++) {
    let column = tables[lastRow + 1u + min(x + tap, lastColumn)];
    ${lines(span, (i) => `let v${i} = ${value(i)};`)}
    ${sums.declare('d')}
    ${down}
    let e = ${sums.truncate('d', 'params.shiftDown')};
    let c = ${constant ? `select(vec4i(params.fillAcross), ${wrapped}, column >= 0)` : wrapped};
    ${lines(columns - 1, (n) => `w${columns - 1 - n} = w${columns - 2 - n};`)}
    w0 = params.across[tap];
    ${across}
  }
  ${lines(columns, (n) => `let t${n} = ${sums.truncate(`s${n}_`, 'params.shiftAcross')};`)}
  ${lines(
    FIXED_ROWS,
    (row) => `if (y + ${row}u < params.height) {
    let at = (plane * params.height + y + ${row}u) * params.width + x;
    ${lines(columns / perWord, (k) => {
      const n = k * perWord;
      return `if (x + ${n}u < params.width) { putWord(at + ${n}u, ${word(row, n)}); }`;
    })}
  }`,
  )}
}
`;
}

interface Sums {
  /** Sums of four rows named `name0`, …, of zero. */
  declare(name: string): string;
  /** Adds products of a digit. */
  add(name: string, limb: number, digit: string, values: string): string;
  /** The whole part of them. */
  truncate(name: string, shift: string): string;
}

/** A digit times 8 bits has 24: as many as there may be taps add up in 32 bits, a sum for each digit's scale. */
const NARROW: Sums = {
  declare: (name) => lines(3, (j) => `var ${name}${j} = vec4i(0);`),
  add: (name, limb, digit, values) => `${name}${limb} += ${digit} * ${values};`,
  truncate: (name, shift) =>
    `truncateRows(${name}0 & vec4i(0xffff), (${name}0 >> vec4u(16u)) + (${name}1 & vec4i(0xffff)), (${name}1 >> vec4u(16u)) + (${name}2 & vec4i(0xffff)), ${name}2 >> vec4u(16u), ${shift})`,
};

/** Products of 16 bits are split in halves. */
const WIDE: Sums = {
  declare: (name) => lines(4, (j) => `var ${name}${j} = vec4i(0);`),
  add: (name, limb, digit, values) => `{
      let product = ${digit} * ${values};
      ${name}${limb} += product & vec4i(0xffff);
      ${name}${limb + 1} += product >> vec4u(16u);
    }`,
  truncate: (name, shift) => `truncateRows(${name}0, ${name}1, ${name}2, ${name}3, ${shift})`,
};

const sumsOf = (dtype: DType): Sums => (itemSize(dtype) === 1 ? NARROW : WIDE);
