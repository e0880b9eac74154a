// What a tile's program costs on a GPU, counted without one.
import { getOp } from '../../core/op';
import type { TileProgram } from '../../core/program';
import { CountingContext } from './countingContext';

export interface GpuCost {
  readonly dispatches: number;
  /** Read and written in the GPU's memory; see {@link CountingContext.bytesMoved}. */
  readonly bytesMoved: number;
}

/** The cost of each step, in order. */
export function stepCosts(program: TileProgram): GpuCost[] {
  return program.steps.map((step) => {
    const context = new CountingContext();
    getOp(step.op).gpu(context, step);
    return { dispatches: context.dispatches, bytesMoved: context.bytesMoved };
  });
}

export const sumCosts = (costs: readonly GpuCost[]): GpuCost =>
  costs.reduce(
    (sum, cost) => ({
      dispatches: sum.dispatches + cost.dispatches,
      bytesMoved: sum.bytesMoved + cost.bytesMoved,
    }),
    { dispatches: 0, bytesMoved: 0 },
  );
