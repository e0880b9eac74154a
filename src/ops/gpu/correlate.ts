// n-D correlation: CpuKernels.correlate on the GPU.
import type { DType } from '../../core/dtype';
import { DeviceError } from '../../core/errors';
import type { GpuBufferRef, GpuContext } from '../../core/op';
import { correlate1dRefuses } from './correlate1d';
import { BLOCK_ROWS, MOST_ROW_TAPS, rowsHeader } from './correlateRowsWgsl';
import { fixedWeights } from './fixedPoint';
import { elementHeader, scalarBits, wordCount } from './wgsl';

/** Windows over a block of up to four axes. */
export interface Windows {
  /** Four axes each. */
  readonly inputShape: ArrayLike<number>;
  readonly outputShape: ArrayLike<number>;
  readonly size: ArrayLike<number>;
  /** Elements at each position. */
  readonly inner: number;
  /** For each axis in turn outputShape + size - 1 positions along the input axis, -1 where the constant stands. */
  readonly tables: Int32Array;
}

export interface Correlation extends Windows {
  readonly input: GpuBufferRef;
  readonly output: GpuBufferRef;
  readonly dtype: DType;
  /** One for each element of the window, C order. */
  readonly weights: Float64Array;
  /** Must be a whole number of at most 16 bits for integer types. */
  readonly cval: number;
}

/** Products of one dispatch: tens of milliseconds at most. */
const DISPATCH_WORK = 2 ** 28;

/**
 * Each output element is the weighted sum over its window, cast like C. Refusals are those of correlate1d. Large
 * windows take several dispatches of about `work` products each.
 */
export function correlateGpu(context: GpuContext, correlation: Correlation, work = DISPATCH_WORK): void {
  const { dtype, weights, cval, tables, input, output, size } = correlation;
  if (dtype === 'float32' && size[2] > 1 && size[2] <= MOST_ROW_TAPS) {
    correlateRows(context, correlation, work);
    return;
  }
  const specialised = dtype === 'float32' ? floatKernel(weights) : fixedKernel(dtype, weights);
  const bindings = [input, context.constant(tables), context.constant(specialised.weights), output];
  const count = elements(correlation);
  const words = wordCount(dtype, count);
  const batch = Math.max(64, Math.floor((work / weights.length) * (words / count)));
  for (let first = 0; first < words; first += batch) {
    context.dispatch({
      shader: specialised.shader,
      header: specialised.header,
      uniforms: [...windowUniforms(correlation, count, first), scalarBits(dtype, cval), specialised.shift],
      bindings,
      invocations: Math.min(batch, words - first),
    });
  }
}

/** Windows of several rows, which neighbours in a column share. */
function correlateRows(context: GpuContext, correlation: Correlation, work: number): void {
  const { weights, cval, tables, input, output, size, outputShape, inner } = correlation;
  const blocks = Math.ceil(outputShape[2] / BLOCK_ROWS);
  const count = outputShape[0] * outputShape[1] * blocks * outputShape[3] * inner;
  const batch = Math.max(64, Math.floor(work / (weights.length * BLOCK_ROWS)));
  const bindings = [input, context.constant(tables), context.constant(new Float32Array(weights)), output];
  for (let first = 0; first < count; first += batch)
    context.dispatch({
      shader: 'correlateRows',
      header: rowsHeader({ taps: size[2], constant: tables.includes(-1), zeros: weights.includes(0) }),
      uniforms: [...windowUniforms(correlation, count, first).slice(0, -1), scalarBits('float32', cval)],
      bindings,
      invocations: Math.min(batch, count - first),
    });
}

const floatKernel = (weights: Float64Array) => ({
  shader: 'correlate',
  header: '',
  weights: new Float32Array(weights),
  shift: 0,
});

function fixedKernel(dtype: DType, weights: Float64Array) {
  const fixed = fixedWeights(dtype, weights);
  if (!fixed) throw new DeviceError(`weights: ${correlate1dRefuses(dtype, weights)}`);
  const header = `${elementHeader(dtype)}\nconst LIMBS = ${fixed.limbs}u;`;
  return { shader: 'correlateFixed', header, weights: fixed.digits, shift: fixed.shift };
}

const product = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a * b, 1);

const elements = ({ outputShape, inner }: Windows): number => product(outputShape) * inner;

/** The struct Window of lib/window.wgsl. */
function windowUniforms(
  { inputShape, outputShape, size, inner }: Windows,
  count: number,
  first: number,
): number[] {
  const starts = [0, 0, 0, 0];
  for (let axis = 1; axis < 4; axis++)
    starts[axis] = starts[axis - 1] + outputShape[axis - 1] + size[axis - 1] - 1;
  const shapes = [inputShape, outputShape, size].flatMap((values) => Array.from(values));
  // A struct of vec4u fills whole rows.
  return [...shapes, ...starts, inner, count, first, 0];
}
