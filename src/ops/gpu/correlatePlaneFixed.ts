// Two correlations of 8- or 16-bit images along both axes of planes as one kernel.
import type { DType } from '../../core/dtype';
import { DeviceError } from '../../core/errors';
import type { GpuBufferRef, GpuContext } from '../../core/op';
import type { PlanePass } from './correlatePlane';
import { type FixedWeights, fixedWeights } from './fixedPoint';
import { FIXED_ROWS, fixedColumns, fixedPlaneHeader } from './planeFixedWgsl';
import { ACROSS_VECTORS } from './planeWgsl';
import { scalarBits } from './wgsl';

export interface FixedPlanes {
  readonly dtype: DType;
  readonly input: GpuBufferRef;
  readonly output: GpuBufferRef;
  /** Whether rows of the output begin with a word; otherwise it must be zeros. */
  readonly aligned: boolean;
  readonly planes: number;
  readonly height: number;
  readonly width: number;
  /** Elements of a plane and of a row of the input. */
  readonly inputPlane: number;
  readonly inputWidth: number;
  /** For each row (column) of the output and each tap the input's row (column), or -1. */
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** In this order. Their windows are the tables'. */
  readonly down: PlanePass;
  readonly across: PlanePass;
}

export function correlatePlaneFixedGpu(context: GpuContext, job: FixedPlanes): void {
  const { dtype, aligned, planes, width, height, rows, columns, inputWidth, down, across } = job;
  const [first, second] = [down, across].map(({ weights }) => digitsOf(dtype, weights));
  const positions = Int32Array.from([...rows.map((row) => (row < 0 ? -1 : row * inputWidth)), ...columns]);
  const taps = across.weights.length;
  const code = {
    ...{ dtype, aligned, height: down.weights.length, constant: positions.includes(-1) },
    limbs: [first.limbs, second.limbs] as const,
  };
  const groups = planes * Math.ceil(width / (8 * fixedColumns(dtype))) * Math.ceil(height / (8 * FIXED_ROWS));
  context.dispatch({
    shader: 'correlatePlaneFixed',
    header: fixedPlaneHeader(code),
    uniforms: [
      ...[width, height, planes, job.inputPlane, taps, first.shift, second.shift],
      ...[down, across].map(({ fill }) => scalarBits(dtype, fill)),
      ...[0, 0, 0],
      ...padded(Array.from(first.digits), Math.ceil(first.digits.length / 4)),
      ...padded(tapByTap(second), ACROSS_VECTORS),
    ],
    bindings: [job.input, context.constant(positions), job.output],
    invocations: 64 * groups,
  });
}

function digitsOf(dtype: DType, weights: Float64Array): FixedWeights {
  const fixed = fixedWeights(dtype, weights);
  if (!fixed) throw new DeviceError('weights: exceed fixed point');
  return fixed;
}

const tapByTap = ({ digits, limbs }: FixedWeights): number[] =>
  Array.from({ length: (4 * digits.length) / limbs }, (_, i) =>
    i % 4 < limbs ? digits[(i >> 2) * limbs + (i % 4)] : 0,
  );

const padded = (words: readonly number[], vectors: number): number[] => [
  ...words,
  ...new Array<number>(4 * vectors - words.length).fill(0),
];
