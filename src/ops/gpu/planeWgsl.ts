// WGSL of correlations along both axes of planes, written out for the windows' height: all of it stays in registers,
// since workgroup memory and barriers are what software adapters are slowest at.
import type { Expression } from '../../core/expression';
import { evaluateFunction } from './pointwiseWgsl';

/** Columns that an invocation computes. */
export const BLOCK_WIDTH = 8;

/** Most taps of a window along either axis. */
export const PLANE_TAPS = 25;

/** One correlation down columns and then along rows, as the code has to know it. */
export interface TermCode {
  /** First tap of the common window down columns, and how many. */
  readonly low: number;
  readonly taps: number;
}

export interface PlaneCode {
  readonly terms: readonly TermCode[];
  /** Taps of the common window down columns. */
  readonly height: number;
  /** Whether positions may be -1, for the constants. */
  readonly constant: boolean;
  /** Whether rows (columns) have a table; those of the input are the output's otherwise. */
  readonly rowTable: boolean;
  readonly columnTable: boolean;
  /** What becomes of the terms. */
  readonly epilogue?: {
    readonly expression: Expression;
    /** Its input for each term, and its other ones. */
    readonly values: readonly number[];
    readonly buffers: readonly number[];
  };
}

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** Rows that an invocation computes; two terms of 8 would need too many registers. */
export const blockHeight = ({ terms }: Pick<PlaneCode, 'terms'>): number => (terms.length > 1 ? 4 : 8);

/** Four-component rows of the weights down columns. */
export const downVectors = ({ terms }: Pick<PlaneCode, 'terms'>): number =>
  Math.ceil(terms.reduce((sum, { taps }) => sum + taps, 0) / 4);

/** Weights along rows: what the window's end shifts in is never used, but read. */
export const ACROSS_VECTORS = PLANE_TAPS + BLOCK_WIDTH - 1;

/** The header of shaders/correlatePlane.wgsl. */
export function planeHeader(code: PlaneCode): string {
  const { terms, epilogue } = code;
  const buffers = epilogue?.buffers ?? [];
  const declarations = buffers.map(
    (input, i) => `@group(0) @binding(${i + 3}) var<storage, read> in${input}: array<u32>;`,
  );
  const evaluate = epilogue
    ? evaluateFunction(epilogue.expression, epilogue.values)
    : 'fn evaluate(v0: f32, i: u32) -> u32 { return bitcast<u32>(v0); }';
  return `const TERMS = ${terms.length}u;
const ROWS = ${blockHeight(code)}u;
const DOWN = ${downVectors(code)}u;
const ACROSS = ${ACROSS_VECTORS}u;
${declarations.join('\n')}
@group(0) @binding(${buffers.length + 3}) var<storage, read_write> output: array<u32>;
${evaluate}
${blockFunction(code)}`;
}

/** `fn block(x: u32, y: u32, plane: u32)`: the outputs of an invocation from (y, x) on. */
function blockFunction(code: PlaneCode): string {
  const { terms, height, constant, rowTable, columnTable } = code;
  const rows = blockHeight(code);
  const row = (at: string) => (rowTable ? `tables[${at}]` : `i32(${at} * params.inputWidth)`);
  const column = (at: string) => (columnTable ? `tables[params.columns + ${at}]` : `i32(${at})`);
  const quads = Array.from({ length: rows / 4 }, (_, q) => q);
  const perTerm = (line: (t: number, q: number) => string) =>
    terms.flatMap((_, t) => quads.map((q) => line(t, q))).join('\n');
  const span = rows + height - 1;
  const value = constant
    ? (i: number) => `input[base + u32(max(r${i}, 0)) + u32(max(column, 0))]`
    : (i: number) => `input[base + u32(r${i} + column)]`;
  const outputRow = (r: number) => `if (y + ${r}u < params.height) {
    let at = (plane * params.height + y + ${r}u) * params.width + x;
    ${lines(BLOCK_WIDTH, (n) => {
      const values = terms.map((_, t) => `s${t}_${r >> 2}_${n}[${r & 3}]`).join(', ');
      return `if (x + ${n}u < params.width) { output[at + ${n}u] = evaluate(${values}, at + ${n}u); }`;
    })}
  }`;
  return `fn block(x: u32, y: u32, plane: u32) {
  let base = plane * params.inputPlane;
  let lastRow = params.height + ${height}u - 2u;
  let lastColumn = params.width + params.taps - 2u;
  ${lines(span, (i) => `let r${i} = ${row(`min(y + ${i}u, lastRow)`)};`)}
  ${perTerm((t, q) => lines(BLOCK_WIDTH, (n) => `var s${t}_${q}_${n} = vec4f(0.0);`))}
  ${lines(BLOCK_WIDTH, (n) => `var w${n} = vec4f(0.0);`)}
  for (var tap = 0u; tap < params.taps + ${BLOCK_WIDTH - 1}u; tap++) {
    let column = ${column('min(x + tap, lastColumn)')};
    ${lines(span, (i) => `let v${i} = ${value(i)};`)}
    ${terms.map((_, t) => columnSums(code, t, quads)).join('\n')}
    ${lines(BLOCK_WIDTH - 1, (n) => `w${BLOCK_WIDTH - 1 - n} = w${BLOCK_WIDTH - 2 - n};`)}
    w0 = params.across[tap];
    ${terms
      .map((_, t) =>
        lines(
          BLOCK_WIDTH,
          (n) => `{
      let inside = tap - ${n}u - params.lows[${t}] < params.spans[${t}];
      ${quads.map((q) => `s${t}_${q}_${n} += select(vec4f(0.0), w${n}[${t}] * c${t}_${q}, inside);`).join('\n')}
    }`,
        ),
      )
      .join('\n')}
  }
  ${lines(rows, outputRow)}
}
`;
}

/** What a term makes of the column's values: one vector for every four rows. */
function columnSums({ terms, constant }: PlaneCode, t: number, quads: readonly number[]): string {
  const before = terms.slice(0, t).reduce((sum, { taps }) => sum + taps, 0);
  const { low, taps } = terms[t];
  const count = quads.length * 4 + taps - 1;
  // Beyond the edge each term has its own constant.
  const name = (i: number) => (constant ? `u${t}_${i}` : `v${low + i}`);
  const filled = constant
    ? lines(count, (i) => `let u${t}_${i} = select(params.fills[${t}].x, v${low + i}, r${low + i} >= 0);`)
    : '';
  const sums = quads.map((q) => {
    const steps = lines(taps, (k) => {
      const at = before + k;
      const values = [0, 1, 2, 3].map((r) => name(4 * q + k + r)).join(', ');
      return `e${t}_${q} += params.down[${at >> 2}][${at & 3}] * vec4f(${values});`;
    });
    const result = constant ? `select(vec4f(params.fills[${t}].y), e${t}_${q}, column >= 0)` : `e${t}_${q}`;
    return `var e${t}_${q} = vec4f(0.0);\n${steps}\nlet c${t}_${q} = ${result};`;
  });
  return `${filled}\n${sums.join('\n')}`;
}
