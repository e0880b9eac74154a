// One axis of the nearest label, as CpuKernels.expandAxis.
import type { GpuBufferRef, GpuContext } from '../../core/op';

export interface ExpandAxisGpu {
  /** Blocks are seen as [outer, length, inner]; see CpuKernels.expandAxis. */
  readonly outer: number;
  readonly inputLength: number;
  readonly outputLength: number;
  readonly inner: number;
  readonly first: number;
  readonly reach: number;
  readonly limit: number;
  /** False for the first axis: distances are then those of the labels themselves, 0 or none. */
  readonly seeded: boolean;
  readonly distances: GpuBufferRef;
  readonly labels: GpuBufferRef;
  readonly best: GpuBufferRef;
  readonly nearest: GpuBufferRef;
}

export function expandAxisGpu(context: GpuContext, axis: ExpandAxisGpu): void {
  const { outer, inputLength, outputLength, inner, first, reach, limit } = axis;
  const elements = outer * outputLength * inner;
  context.dispatch({
    shader: 'expandLabels',
    header: `const SEEDED = ${axis.seeded};`,
    uniforms: [elements, inputLength, outputLength, inner, first, reach, limit],
    bindings: [axis.distances, axis.labels, axis.best, axis.nearest],
    invocations: elements,
  });
}
