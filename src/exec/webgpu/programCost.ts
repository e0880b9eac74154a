// What a tile's program costs on a GPU, counted without one.
import { getOp } from '../../core/op';
import type { TileProgram } from '../../core/program';
import { CountingContext } from './countingContext';
import { gpuSteps } from './gpuSteps';

export interface GpuCost {
  readonly dispatches: number;
  /** Read and written in the GPU's memory; see {@link CountingContext.bytesMoved}. */
  readonly bytesMoved: number;
}

/** The cost of each step, in order; of two that one kernel does, it is the second's. */
export function stepCosts(program: TileProgram): GpuCost[] {
  return gpuSteps(program).flatMap(([step, next]) => {
    const context = new CountingContext();
    const op = getOp(step.op);
    if (next && op.kind === 'block') op.gpuPair?.gpu(context, step, next);
    else op.gpu(context, step);
    const cost = { dispatches: context.dispatches, bytesMoved: context.bytesMoved };
    return next ? [NOTHING, cost] : [cost];
  });
}

const NOTHING: GpuCost = { dispatches: 0, bytesMoved: 0 };

export const sumCosts = (costs: readonly GpuCost[]): GpuCost =>
  costs.reduce(
    (sum, cost) => ({
      dispatches: sum.dispatches + cost.dispatches,
      bytesMoved: sum.bytesMoved + cost.bytesMoved,
    }),
    NOTHING,
  );
