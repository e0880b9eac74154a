// Graph + region -> tile program. Bounds inference by pull: each op says what an output region needs, back to the
// sources; then steps run forward, each node once, over exactly the region its consumers asked for.
import { itemSize } from '../core/dtype';
import type { GraphNode } from '../core/graph';
import { type ExecutorName, getOp, type Operand } from '../core/op';
import type { ProgramStep, Read, TileProgram } from '../core/program';
import { alignToChunks, boundingRegion, isEmptyRegion, type Region, regionSize } from '../core/region';

/** Results of global nodes, by key. */
export type GlobalResults = ReadonlyMap<string, unknown>;

export interface PlanRequest {
  /** The region that names the tile. */
  readonly tile: Region;
  /** Block nodes whose data the program returns. */
  readonly outputs: readonly { readonly node: GraphNode; readonly region: Region }[];
  /** Global nodes whose partial result over `tile` the program returns. */
  readonly partials: readonly GraphNode[];
  readonly globals: GlobalResults;
  /** What the program is to run on. */
  readonly executor: ExecutorName;
  /** What is known from data that decides demands. Without it, nodes demand all that they may need. */
  readonly survey?: Surveyor;
}

/** The partial result that a request asks for, or undefined where it is not known yet. */
export type Surveyor = (request: PlanRequest) => unknown;

/** Nodes reachable through inputs, inputs first; what leaves are made from is not followed. */
export function topologicalOrder(roots: readonly GraphNode[]): GraphNode[] {
  const order: GraphNode[] = [];
  const seen = new Set<string>();
  // An explicit stack: chains of thousands of operations must not overflow the call stack.
  const stack: { node: GraphNode; next: number }[] = [];
  const push = (node: GraphNode) => {
    if (seen.has(node.key)) return;
    seen.add(node.key);
    stack.push({ node, next: 0 });
  };
  for (const root of roots) {
    push(root);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const inputs = top.node.source ? 0 : top.node.inputs.length;
      if (top.next < inputs) push(top.node.inputs[top.next++]);
      else order.push(stack.pop()!.node);
    }
  }
  return order;
}

interface Inference {
  /** The region of every node that the request needs; nodes that nobody needs are absent. */
  readonly regions: ReadonlyMap<string, Region>;
  /** What each of them needs of its inputs. */
  readonly demands: ReadonlyMap<string, readonly (Region | null)[]>;
}

function inferRegions(request: PlanRequest, order: readonly GraphNode[]): Inference {
  const regions = new Map<string, Region>();
  const demands = new Map<string, readonly (Region | null)[]>();
  const require = (node: GraphNode, region: Region) => {
    const before = regions.get(node.key);
    regions.set(node.key, before ? boundingRegion(before, region) : region);
  };
  for (const { node, region } of request.outputs) require(node, region);
  for (const node of request.partials) require(node, request.tile);
  for (const node of [...order].reverse()) {
    let region = regions.get(node.key);
    if (!region || node.source) continue;
    const op = getOp(node.op);
    if (op.kind === 'block' && op.blockShape && !isEmptyRegion(region)) {
      region = alignToChunks(region, node.shape, op.blockShape(node.params, node));
      regions.set(node.key, region);
    }
    const survey = op.kind === 'block' ? op.survey?.(node) : undefined;
    const found = survey && request.survey?.({ ...request, tile: region, outputs: [], partials: [survey] });
    const wanted = op.demand(region, node.params, node.inputs, node, request.executor, found);
    demands.set(node.key, wanted);
    node.inputs.forEach((input, i) => {
      const demand = wanted[i];
      if (demand) require(input, demand);
    });
  }
  return { regions, demands };
}

/** The program that computes one tile. Pure and synchronous. */
export function planTile(request: PlanRequest): TileProgram {
  const order = topologicalOrder([...request.outputs.map((o) => o.node), ...request.partials]);
  const { regions, demands } = inferRegions(request, order);
  const operands = new Map<string, Operand>();
  const reads: Read[] = [];
  const steps: (ProgramStep & { free: number[] })[] = [];
  const partialKeys = new Set(request.partials.map((n) => n.key));
  for (const node of order) {
    const region = regions.get(node.key);
    if (!region) continue;
    const operand: Operand = { slot: operands.size, region, shape: node.shape, dtype: node.dtype };
    operands.set(node.key, operand);
    if (node.source) {
      reads.push({ ...operand, key: node.source.key });
      continue;
    }
    const op = getOp(node.op);
    const bound = op.bind?.(
      node.params,
      node.globals.map((g) => request.globals.get(g.key)),
      region,
      node.inputs,
      node,
    );
    const wanted = demands.get(node.key)!;
    steps.push({
      op: node.op,
      params: bound ? { ...node.params, ...bound } : node.params,
      inputs: node.inputs.map((input, i) => (wanted[i] ? operands.get(input.key)! : null)),
      output: operand,
      partial: partialKeys.has(node.key),
      free: [],
    });
  }
  const outputs = request.outputs.map(({ node }) => operands.get(node.key)!);
  const last = new Map<number, number>();
  steps.forEach((step, i) => {
    for (const input of step.inputs) if (input) last.set(input.slot, i);
    if (!step.partial) last.set(step.output.slot, i);
  });
  const kept = new Set(outputs.map((o) => o.slot));
  for (const [slot, step] of last) if (!kept.has(slot)) steps[step].free.push(slot);
  return { tile: request.tile, slots: operands.size, reads, steps, outputs };
}

/** Most bytes of blocks alive at once while the program runs. */
export function peakBytes(program: TileProgram): number {
  const size = (o: Operand) => regionSize(o.region) * itemSize(o.dtype);
  const sizes = new Map<number, number>();
  let live = 0;
  for (const read of program.reads) {
    sizes.set(read.slot, size(read));
    live += size(read);
  }
  let peak = live;
  for (const step of program.steps) {
    if (!step.partial) {
      sizes.set(step.output.slot, size(step.output));
      live += size(step.output);
    }
    peak = Math.max(peak, live);
    for (const slot of step.free) live -= sizes.get(slot) ?? 0;
  }
  return peak;
}
