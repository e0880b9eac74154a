// The steps of a program as a GPU runs them: some several at a time.
import { type GpuContext, type GpuPartial, getOp, type Operand } from '../../core/op';
import type { ProgramStep, TileProgram } from '../../core/program';

/** Steps that one kernel does, or a single one. */
export type GpuSteps = readonly ProgramStep[];

/** More than any kernel does. */
const LONGEST = 8;

export function gpuSteps(program: TileProgram): GpuSteps[] {
  const runs: GpuSteps[] = [];
  for (let i = 0; i < program.steps.length; ) {
    const length = runLength(program.steps.slice(i, i + LONGEST));
    runs.push(program.steps.slice(i, i + length));
    i += length;
  }
  return runs;
}

function runLength(steps: GpuSteps): number {
  const op = getOp(steps[0].op);
  if (op.kind !== 'block' || !op.gpuRun) return 1;
  // Outputs of the program are never free.
  const isPrivate = ({ slot }: Operand, length: number) =>
    steps.slice(0, length).some(({ free }) => free.includes(slot));
  return Math.max(1, op.gpuRun.length(steps, isPrivate));
}

/** Records the kernels of steps, and returns the partial result that the last one has. */
export function encodeSteps(context: GpuContext, steps: GpuSteps): GpuPartial<unknown> | undefined {
  const op = getOp(steps[0].op);
  if (op.kind === 'global') return op.gpu(context, steps[0]);
  if (steps.length > 1) return op.gpuRun!.gpu(context, steps);
  op.gpu(context, steps[0]);
  return undefined;
}
