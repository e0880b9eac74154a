// What a tile's program costs on a GPU, counted without one.
import type { TileProgram } from '../../core/program';
import { CountingContext } from './countingContext';
import { encodeSteps, gpuSteps } from './gpuSteps';

export interface GpuCost {
  readonly dispatches: number;
  /** Read and written in the GPU's memory; see {@link CountingContext.bytesMoved}. */
  readonly bytesMoved: number;
}

/** The cost of each step, in order; of several that one kernel does, it is the last one's. */
export function stepCosts(program: TileProgram): GpuCost[] {
  return gpuSteps(program).flatMap((steps) => {
    const context = new CountingContext();
    encodeSteps(context, steps);
    const cost = { dispatches: context.dispatches, bytesMoved: context.bytesMoved };
    return steps.map((_, i) => (i === steps.length - 1 ? cost : NOTHING));
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
