// The plan of a computation, in words: what explain() prints.
import { itemSize } from '../core/dtype';
import type { GraphNode } from '../core/graph';
import { type ExecutorName, getGlobalOp, type Operand } from '../core/op';
import type { TileProgram } from '../core/program';
import { type Region, regionShape, regionSize, wholeRegion } from '../core/region';
import { countTiles, tilesOf } from '../core/tiling';
import { type GlobalResults, planTile } from '../plan/plan';
import { tileShape } from './compute';
import { collectGlobals, nextWave } from './globals';
import type { ComputeOptions } from './options';
import { TileRunner } from './tileRunner';
import { stepCosts, sumCosts } from './webgpu/programCost';

/** A pass over an array. */
export interface Pass {
  readonly title: string;
  /** For choosing an executor. */
  readonly nodes: readonly GraphNode[];
  /** The program of a tile in the middle (edge tiles have smaller halos). */
  plan(executor: ExecutorName): TileProgram;
}

/** The passes that computing a node takes: those for whole-array results, then its own. Reads no pixels. */
export function passesOf(node: GraphNode): Pass[] {
  const passes: Pass[] = [];
  const wanted = collectGlobals([node]);
  const found = new Map<string, unknown>();
  while (wanted.size > 0) {
    const wave = nextWave(wanted, found);
    if (wave.length === 0) break;
    const op = getGlobalOp(wave[0].op);
    const shape = op.domain(wave[0].params, wave[0].inputs);
    const block = op.blockShape(wave[0].params, wave[0].inputs);
    const tile = middleTile(wholeRegion(shape), shape, block);
    passes.push({
      title: `pass ${passes.length + 1}: ${wave.map((n) => n.op).join(' + ')} over [${shape}] in ${countTiles(wholeRegion(shape), block)} tiles of [${block}]`,
      nodes: wave,
      plan: (executor) => planTile({ tile, outputs: [], partials: wave, globals: UNKNOWN, executor }),
    });
    for (const n of wave) {
      found.set(n.key, undefined);
      wanted.delete(n.key);
    }
  }
  const block = tileShape(node);
  const region = wholeRegion(node.shape);
  const tile = middleTile(region, node.shape, block);
  const tiles = node.shape.length === 0 ? 1 : countTiles(region, block);
  passes.push({
    title: `compute: ${node.op} ${node.dtype} [${node.shape}] in ${tiles} tile${tiles > 1 ? 's' : ''} of [${block}]`,
    nodes: [node],
    plan: (executor) =>
      planTile({ tile, outputs: [{ node, region: tile }], partials: [], globals: UNKNOWN, executor }),
  });
  return passes;
}

/** Describes every pass. Reads no pixels. */
export async function explainNode(node: GraphNode, options: ComputeOptions): Promise<string> {
  const lines: string[] = [];
  for (const { title, nodes, plan } of passesOf(node))
    lines.push(title, ...describe(await TileRunner.create(nodes, options), plan));
  return lines.join('\n');
}

function middleTile(region: Region, shape: readonly number[], block: readonly number[]): Region {
  if (shape.length === 0) return [];
  const start = region.map(([, stop], axis) => Math.floor(Math.ceil(stop / block[axis]) / 2) * block[axis]);
  const [tile] = tilesOf(
    start.map((s, axis) => [s, Math.min(shape[axis], s + block[axis])] as const),
    shape,
    block,
  );
  return tile;
}

function describe(runner: TileRunner, plan: (executor: ExecutorName) => TileProgram): string[] {
  const { executor } = runner;
  const gpu = executor.name === 'gpu' && executor.fits(plan('gpu'));
  const program = plan(gpu ? 'gpu' : 'cpu');
  const lines = [`  executor: ${gpu ? 'gpu' : 'cpu'} (${runner.reason})`, `  tile: ${box(program.tile)}`];
  for (const read of program.reads)
    lines.push(`  read ${read.key} ${block(read)}${halo(read.region, program.tile)}`);
  const costs = gpu ? stepCosts(program) : [];
  for (const [i, step] of program.steps.entries()) {
    const cost = gpu ? `, ${costs[i].dispatches} dispatches` : '';
    const output = step.partial ? 'partial result' : block(step.output);
    lines.push(`  ${step.op} -> ${output}${halo(step.output.region, program.tile)}${cost}`);
  }
  const uploaded = program.reads.reduce((sum, read) => sum + bytes(read), 0);
  const returned = program.outputs.reduce((sum, output) => sum + bytes(output), 0);
  const { dispatches, bytesMoved } = sumCosts(costs);
  const submit = gpu ? `1 submit, ${dispatches} dispatches moving ${bytesMoved} bytes, ` : '1 worker call, ';
  lines.push(`  per tile: ${submit}${uploaded} bytes in, ${returned} bytes out`);
  return lines;
}

/** While explaining, no whole-array result is known; ops bind stand-ins. */
const UNKNOWN: GlobalResults = new Map();

const bytes = (operand: Operand): number => regionSize(operand.region) * itemSize(operand.dtype);
const box = (region: Region): string => `[${region.map(([a, b]) => `${a}:${b}`).join(', ')}]`;
const block = (operand: Operand): string =>
  `${operand.dtype} ${box(operand.region)} = ${regionShape(operand.region).join(' x ') || 'scalar'}, ${bytes(operand)} bytes`;

function halo(region: Region, tile: Region): string {
  if (region.length !== tile.length) return '';
  const before = region.map(([start], axis) => tile[axis][0] - start);
  const after = region.map(([, stop], axis) => stop - tile[axis][1]);
  if ([...before, ...after].every((n) => n === 0)) return '';
  return `, halo [${before.map((n, axis) => `${n}+${after[axis]}`).join(', ')}]`;
}
