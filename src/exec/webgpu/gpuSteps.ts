// The steps of a program as a GPU runs them: some two at a time.
import { getOp } from '../../core/op';
import type { ProgramStep, TileProgram } from '../../core/program';

/** A step, and the one after it where one kernel does both. */
export type GpuSteps = readonly [step: ProgramStep, next?: ProgramStep];

export function gpuSteps(program: TileProgram): GpuSteps[] {
  const results = new Set(program.outputs.map(({ slot }) => slot));
  const steps: GpuSteps[] = [];
  for (let i = 0; i < program.steps.length; i++) {
    const [step, next] = program.steps.slice(i, i + 2);
    if (next && !results.has(step.output.slot) && isPair(step, next)) {
      steps.push([step, next]);
      i++;
    } else steps.push([step]);
  }
  return steps;
}

/** What `step` makes must be read by `next` alone: it is its input, and free after it. */
function isPair(step: ProgramStep, next: ProgramStep): boolean {
  if (step.op !== next.op || step.partial || next.inputs.length !== 1) return false;
  const { slot } = step.output;
  if (next.inputs[0]?.slot !== slot || !next.free.includes(slot)) return false;
  const op = getOp(step.op);
  return op.kind === 'block' && op.gpuPair?.accepts(step, next) === true;
}
