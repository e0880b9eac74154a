// Correlations of float32 along both axes of planes, summed and combined as one kernel.
import type { Expression } from '../../core/expression';
import type { GpuBufferRef, GpuContext } from '../../core/op';
import {
  ACROSS_VECTORS,
  BLOCK_WIDTH,
  blockHeight,
  downVectors,
  type PlaneCode,
  planeHeader,
} from './planeWgsl';
import { scalarBits } from './wgsl';

/** Of a correlation along one axis: its weights, and the first of the common window's taps that they stand for. */
export interface PlanePass {
  readonly low: number;
  readonly weights: Float64Array;
  /** What lies beyond the edge. */
  readonly fill: number;
}

/** One correlation down columns, and one along the rows of what comes of it. */
export interface PlaneTerm {
  readonly down: PlanePass;
  readonly across: PlanePass;
}

export interface Planes {
  readonly input: GpuBufferRef;
  readonly output: GpuBufferRef;
  readonly planes: number;
  readonly height: number;
  readonly width: number;
  /** Elements of a plane and of a row of the input. */
  readonly inputPlane: number;
  readonly inputWidth: number;
  /**
   * For each row (column) of the output and each tap of the common window the input's row (column), or -1. Without them
   * the window is one row (column), and the input's are the output's.
   */
  readonly rows?: Int32Array;
  readonly columns?: Int32Array;
  /** Up to four. */
  readonly terms: readonly PlaneTerm[];
  /** An expression over the terms: `values` has its input for each of them; all others are in buffers. */
  readonly epilogue?: {
    readonly expression: Expression;
    readonly values: readonly number[];
    readonly buffers: readonly { readonly input: number; readonly buffer: GpuBufferRef }[];
  };
}

const WORKGROUP = 64;

export function correlatePlaneGpu(context: GpuContext, job: Planes): void {
  const { planes, width, height, rows, columns, inputWidth, terms, epilogue } = job;
  const taps = columns ? columns.length - width + 1 : 1;
  const starts = Array.from(rows ?? [], (row) => (row < 0 ? -1 : row * inputWidth));
  const code: PlaneCode = {
    terms: terms.map(({ down }) => ({ low: down.low, taps: down.weights.length })),
    height: rows ? rows.length - height + 1 : 1,
    constant: rows?.includes(-1) || columns?.includes(-1) || false,
    rowTable: rows !== undefined,
    columnTable: columns !== undefined,
    epilogue: epilogue && {
      ...epilogue,
      buffers: epilogue.buffers.map(({ input }) => input),
    },
  };
  const groups = planes * Math.ceil(width / (8 * BLOCK_WIDTH)) * Math.ceil(height / (8 * blockHeight(code)));
  context.dispatch({
    shader: 'correlatePlane',
    header: planeHeader(code),
    uniforms: [
      ...[width, height, planes, job.inputPlane, taps, 0, inputWidth, starts.length],
      ...fourOf(terms, ({ across }) => across.low),
      ...fourOf(terms, ({ across }) => across.weights.length),
      ...fills(terms),
      ...weightsDown(terms, downVectors(code)),
      ...weightsAcross(terms),
    ],
    bindings: [
      job.input,
      context.constant(Int32Array.from([...starts, ...(columns ?? [])])),
      ...(epilogue?.buffers ?? []).map(({ buffer }) => buffer),
      job.output,
    ],
    invocations: groups * WORKGROUP,
  });
}

const bits = (value: number): number => scalarBits('float32', value);

const fourOf = (terms: readonly PlaneTerm[], value: (term: PlaneTerm) => number): number[] =>
  Array.from({ length: 4 }, (_, t) => (t < terms.length ? value(terms[t]) : 0));

const fills = (terms: readonly PlaneTerm[]): number[] =>
  Array.from({ length: 4 }, (_, t) => {
    const term = terms[t];
    return term ? [bits(term.down.fill), bits(term.across.fill), 0, 0] : [0, 0, 0, 0];
  }).flat();

function weightsDown(terms: readonly PlaneTerm[], vectors: number): number[] {
  const words = terms.flatMap(({ down }) => Array.from(down.weights, bits));
  return [...words, ...new Array<number>(4 * vectors - words.length).fill(0)];
}

function weightsAcross(terms: readonly PlaneTerm[]): number[] {
  const words = new Array<number>(4 * ACROSS_VECTORS).fill(0);
  terms.forEach(({ across: { low, weights } }, t) => {
    weights.forEach((weight, k) => {
      words[4 * (low + k) + t] = bits(weight);
    });
  });
  return words;
}
