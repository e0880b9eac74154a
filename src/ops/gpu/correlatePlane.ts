// Two 1-D correlations of float32 along the last two axes as one kernel: what lies between stays in workgroup memory.
import type { GpuBufferRef, GpuContext } from '../../core/op';
import { scalarBits } from './wgsl';

/** Most weights of a pass; shaders/correlatePlane.wgsl has room for no more. */
export const PLANE_TAPS = 17;

const TILE = 32;
const WORKGROUP = 256;

/** One of the passes, as `lineGeometry` has it. */
interface PlanePass {
  readonly axis: number;
  readonly weights: Float64Array;
  readonly cval: number;
  readonly inputLength: number;
  readonly outputLength: number;
  readonly table: Int32Array;
}

export interface PlanePasses {
  /** Number of planes before the last two axes. */
  readonly planes: number;
  readonly input: GpuBufferRef;
  readonly output: GpuBufferRef;
  /** In the order in which they are made. */
  readonly first: PlanePass;
  readonly second: PlanePass;
}

export function correlatePlaneGpu(
  context: GpuContext,
  { planes, input, output, first, second }: PlanePasses,
): void {
  const tiles = [first, second].map(({ outputLength }) => Math.ceil(outputLength / TILE));
  context.dispatch({
    shader: 'correlatePlane',
    uniforms: [
      planes,
      first.inputLength,
      second.inputLength,
      first.outputLength,
      second.outputLength,
      first.weights.length,
      second.weights.length,
      Number(first.axis > second.axis),
      scalarBits('float32', first.cval),
      scalarBits('float32', second.cval),
    ],
    bindings: [
      input,
      context.constant(first.table),
      context.constant(second.table),
      context.constant(new Float32Array(first.weights)),
      context.constant(new Float32Array(second.weights)),
      output,
    ],
    invocations: planes * tiles[0] * tiles[1] * WORKGROUP,
    workgroupSize: WORKGROUP,
  });
}
