// Steps that a GPU does as one kernel: 1-D correlations of one float32 image along its last two axes, up to two in a
// row, and a pointwise expression over their results; of images of 8 and 16 bits two correlations, columns first.
import { type BoundaryMode, indexTable } from '../../core/boundary';
import { itemSize } from '../../core/dtype';
import type { GpuContext, Operand, Step } from '../../core/op';
import { elementCount, regionShape } from '../../core/region';
import { expressionOf } from '../elementwise';
import { correlatePlaneGpu, type PlanePass, type PlaneTerm } from '../gpu/correlatePlane';
import { correlatePlaneFixedGpu } from '../gpu/correlatePlaneFixed';
import { PLANE_TAPS } from '../gpu/planeWgsl';
import { rowTarget } from '../gpu/wgsl';
import type { CorrelateLineParams } from './lines';

const CORRELATION = 'correlate1d';
const MOST_TERMS = 4;
/** Taps down columns of all terms: they are written out. */
const MOST_DOWN = 2 * PLANE_TAPS;
/** Buffers besides those of the source, its tables and the output, of WebGPU's default eight. */
const MOST_BUFFERS = 5;
/** Nodes of an expression that is written out for each element of a block. */
const MOST_NODES = 12;

/** Passes over the source, first to last. */
interface Chain {
  readonly output: Operand;
  readonly passes: readonly CorrelateLineParams[];
}

export interface PlaneRun {
  /** How many they are. */
  readonly steps: number;
  readonly source: Operand;
  readonly chains: readonly Chain[];
  /** The step over the chains' results, unless there is only one. */
  readonly pointwise?: Step;
}

type IsPrivate = (output: Operand, length: number) => boolean;

/** The longest run that `steps` begin with. */
export function planeRun(steps: readonly Step[], isPrivate: IsPrivate): PlaneRun | undefined {
  const source = steps[0].inputs[0];
  if (!source || source.shape.length < 2) return undefined;
  if (source.dtype !== 'float32') return fixedRun(source, steps, isPrivate);
  const chains: Chain[] = [];
  let found: PlaneRun | undefined;
  for (const [i, step] of steps.entries()) {
    if (step.op !== CORRELATION) {
      if (endsChains(step, chains, (output) => isPrivate(output, i + 1)))
        found = { steps: i + 1, source, chains: [...chains], pointwise: step };
      break;
    }
    if (!addPass(chains, source, step)) break;
    const [only] = chains;
    const between = steps[i - 1]?.output;
    if (chains.length === 1 && onePlane(chains) && (i === 0 || isPrivate(between, i + 1)))
      found = { steps: i + 1, source, chains: [only] };
  }
  return found;
}

function fixedRun(source: Operand, steps: readonly Step[], isPrivate: IsPrivate): PlaneRun | undefined {
  const [first, second] = steps.slice(0, 2);
  const chains: Chain[] = [];
  if (source.dtype === 'bool' || second?.op !== CORRELATION || !isPrivate(first.output, 2)) return undefined;
  if (!addPass(chains, source, first) || !addPass(chains, source, second) || chains.length > 1)
    return undefined;
  const { passes } = chains[0];
  return passes[0].axis < passes[1].axis && onePlane(chains) ? { steps: 2, source, chains } : undefined;
}

/** Adds a step to the chain it continues, or as a new one; false where it does neither. */
function addPass(chains: Chain[], source: Operand, { inputs: [input], output, params }: Step): boolean {
  const pass = params as CorrelateLineParams;
  if (output.shape.length - pass.axis > 2) return false;
  if (input?.slot === source.slot) {
    chains.push({ output, passes: [pass] });
    return true;
  }
  const at = chains.findIndex((chain) => chain.output.slot === input?.slot);
  if (at < 0 || chains[at].passes.length > 1 || chains[at].passes[0].axis === pass.axis) return false;
  chains[at] = { output, passes: [chains[at].passes[0], pass] };
  return true;
}

/** Whether `step` is an expression over all of the chains, which nobody else needs. */
function endsChains(step: Step, chains: readonly Chain[], isPrivate: (output: Operand) => boolean): boolean {
  const found = expressionOf(step);
  if (!found || itemSize(found.expression.dtype) !== 4 || found.size > MOST_NODES) return false;
  const slots = step.inputs.map((input) => input?.slot);
  if (step.inputs.length - chains.length > MOST_BUFFERS) return false;
  const all = chains.every(({ output }) => slots.includes(output.slot) && isPrivate(output));
  return all && onePlane(chains);
}

const isConstant = (mode: BoundaryMode): boolean => mode === 'constant' || mode === 'grid-constant';

/** Whether one kernel can do the chains: along each axis in one mode, in windows that are not too long. */
function onePlane(chains: readonly Chain[]): boolean {
  const rank = chains[0].output.shape.length;
  const [down, across] = [rank - 2, rank - 1].map((axis) => commonWindow(chains, axis));
  const written = chains.reduce((sum, { passes }) => {
    const pass = passes.find(({ axis }) => axis === rank - 2);
    return sum + (pass?.weights.length ?? 1);
  }, 0);
  return (
    chains.length <= MOST_TERMS &&
    written <= MOST_DOWN &&
    [down, across].every(({ modes, size }) => modes.length <= 1 && size <= PLANE_TAPS) &&
    chains.every(({ passes }) => passes.every(exchangeable))
  );
}

/** Along columns comes first: passes in the other order may not have constants, which the second pass would weigh. */
const exchangeable = (pass: CorrelateLineParams, _: number, passes: readonly CorrelateLineParams[]) =>
  passes.length < 2 || passes[0].axis < passes[1].axis || !isConstant(pass.mode) || pass.cval === 0;

interface CommonWindow {
  readonly before: number;
  readonly after: number;
  readonly size: number;
  /** Different ones of passes along the axis. */
  readonly modes: readonly BoundaryMode[];
}

function commonWindow(chains: readonly Chain[], along: number): CommonWindow {
  const passes = chains.flatMap((chain) => chain.passes).filter(({ axis }) => axis === along);
  const before = Math.max(0, ...passes.map((pass) => pass.before));
  const after = Math.max(0, ...passes.map((pass) => pass.after));
  return { before, after, size: before + 1 + after, modes: [...new Set(passes.map(({ mode }) => mode))] };
}

/** Records the kernel. */
export function planeGpu(context: GpuContext, { source, chains, pointwise }: PlaneRun): undefined {
  const output = pointwise?.output ?? chains[0].output;
  const rank = output.shape.length;
  const lead = source.region.slice(0, -2);
  const region = output.region.map((interval, axis) => (axis < rank - 2 ? interval : source.region[axis]));
  const input = context.input(source, region);
  const axes = [rank - 2, rank - 1].map((axis) => {
    const { before, after, modes } = commonWindow(chains, axis);
    const table = indexTable(
      output.region[axis],
      before,
      after,
      source.region[axis],
      output.shape[axis],
      modes[0] ?? 'nearest',
    );
    return { axis, before, table };
  });
  const [height, width] = regionShape(output.region).slice(-2);
  const [inputHeight, inputWidth] = regionShape(source.region).slice(-2);
  const chainOf = (slot: number | undefined) => chains.findIndex((chain) => chain.output.slot === slot);
  const inputs = pointwise?.inputs ?? [];
  const terms = chains.map(({ passes }): PlaneTerm => {
    const [down, across] = axes.map(({ axis, before }) => passOf(passes, axis, before));
    return { down, across };
  });
  const plane = {
    input,
    planes: elementCount(regionShape(output.region.slice(0, lead.length))),
    height,
    width,
    inputPlane: inputHeight * inputWidth,
    inputWidth,
    rows: axes[0].table,
    columns: axes[1].table,
  };
  if (source.dtype !== 'float32') {
    const { dtype } = source;
    correlatePlaneFixedGpu(context, { ...plane, ...rowTarget(context, output), ...terms[0], dtype });
    return;
  }
  correlatePlaneGpu(context, {
    ...plane,
    output: context.output(output),
    terms,
    epilogue: pointwise && {
      expression: expressionOf(pointwise)!.expression,
      values: chains.map(({ output: { slot } }) => inputs.findIndex((operand) => operand?.slot === slot)),
      buffers: inputs.flatMap((operand, i) =>
        operand && chainOf(operand.slot) < 0
          ? [{ input: i, buffer: context.input(operand, output.region) }]
          : [],
      ),
    },
  });
}

/** A chain's pass along an axis; where it has none, its elements as they are. */
function passOf(passes: readonly CorrelateLineParams[], along: number, before: number): PlanePass {
  const pass = passes.find(({ axis }) => axis === along);
  if (!pass) return { low: before, weights: Float64Array.of(1), fill: 0 };
  return { low: before - pass.before, weights: pass.weights, fill: pass.cval };
}
