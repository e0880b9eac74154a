// One-dimensional correlation: CpuKernels.correlate1d on the GPU.
import type { DType } from '../../core/dtype';
import { DeviceError } from '../../core/errors';
import type { GpuContext } from '../../core/op';
import { correlatePlaneGpu, type Planes } from './correlatePlane';
import { fixedWeights } from './fixedPoint';
import { FILTER_TYPES, isAligned, type Lines, lineCount, lineUniforms } from './lines';
import { PLANE_TAPS } from './planeWgsl';
import { elementHeader, scalarBits, wordCount } from './wgsl';

/** Why the GPU cannot correlate this dtype with these weights within the precision contract. */
export function correlate1dRefuses(dtype: DType, weights: Float64Array): string | undefined {
  if (!FILTER_TYPES.includes(dtype)) return `${dtype} needs 64-bit arithmetic`;
  if (dtype === 'float32' || fixedWeights(dtype, weights)) return undefined;
  return `${weights.length} weights this large exceed fixed point`;
}

/** Lower planes are computed line by line: blocks of rows would be mostly empty. */
const LOWEST = 4;

/** The lines as columns or as rows of planes, where windows are short enough. */
function planeOf(lines: WeightedLines): Planes | undefined {
  const { weights, cval, outer, inner, inputLength, outputLength, table, input, output } = lines;
  const isColumn = inner > 1;
  if (weights.length > PLANE_TAPS || (isColumn ? outputLength : outer) < LOWEST) return undefined;
  const along = { low: 0, weights, fill: cval };
  const other = { low: 0, weights: Float64Array.of(1), fill: 0 };
  const size = { input, output, inputPlane: inputLength * inner };
  if (isColumn)
    return {
      ...{ ...size, planes: outer, height: outputLength, width: inner, inputWidth: inner, rows: table },
      terms: [{ down: along, across: other }],
    };
  return {
    ...{ ...size, planes: 1, height: outer, width: outputLength, inputWidth: inputLength, columns: table },
    terms: [{ down: other, across: along }],
  };
}

type WeightedLines = Lines & { readonly weights: Float64Array };

/** output[o, y, i] = sum_k weights[k] * input[o, table[y + k], i], cast like C. */
export function correlate1dGpu(context: GpuContext, lines: WeightedLines): void {
  const { dtype, weights, input, output, table } = lines;
  if (dtype === 'float32') {
    const plane = planeOf(lines);
    if (plane) {
      correlatePlaneGpu(context, plane);
      return;
    }
    context.dispatch({
      shader: 'correlate1d',
      uniforms: [...lineUniforms(lines, weights.length), scalarBits(dtype, lines.cval)],
      bindings: [input, context.constant(table), context.constant(new Float32Array(weights)), output],
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
    bindings: [input, context.constant(table), context.constant(fixed.digits), output],
    invocations: wordCount(dtype, lineCount(lines)),
  });
}
