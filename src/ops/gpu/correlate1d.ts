// One-dimensional correlation: CpuKernels.correlate1d on the GPU.
import type { DType } from '../../core/dtype';
import { DeviceError } from '../../core/errors';
import type { GpuContext } from '../../core/op';
import { fixedWeights } from './fixedPoint';
import { FILTER_TYPES, isAligned, type Lines, lineCount, lineUniforms } from './lines';
import { elementHeader, scalarBits, wordCount } from './wgsl';

/** Why the GPU cannot correlate this dtype with these weights within the precision contract. */
export function correlate1dRefuses(dtype: DType, weights: Float64Array): string | undefined {
  if (!FILTER_TYPES.includes(dtype)) return `${dtype} needs 64-bit arithmetic`;
  if (dtype === 'float32' || fixedWeights(dtype, weights)) return undefined;
  return `${weights.length} weights this large exceed fixed point`;
}

/** output[o, y, i] = sum_k weights[k] * input[o, table[y + k], i], cast like C. */
export function correlate1dGpu(context: GpuContext, lines: Lines & { readonly weights: Float64Array }): void {
  const { dtype, weights, input, output, table } = lines;
  const bindTable = context.constant(table);
  if (dtype === 'float32') {
    context.dispatch({
      shader: 'correlate1d',
      uniforms: [...lineUniforms(lines, weights.length), scalarBits(dtype, lines.cval)],
      bindings: [input, bindTable, context.constant(new Float32Array(weights)), output],
      invocations: lineCount(lines),
    });
    return;
  }
  const fixed = fixedWeights(dtype, weights);
  if (!fixed) throw new DeviceError(`weights: ${correlate1dRefuses(dtype, weights)}`);
  context.dispatch({
    shader: 'correlate1dFixed',
    header: `${elementHeader(dtype)}\nconst LIMBS = ${fixed.limbs}u;\nconst ALIGNED = ${isAligned(lines)};`,
    uniforms: [...lineUniforms(lines, weights.length), scalarBits(dtype, lines.cval), fixed.shift],
    bindings: [input, bindTable, context.constant(fixed.digits), output],
    invocations: wordCount(dtype, lineCount(lines)),
  });
}
