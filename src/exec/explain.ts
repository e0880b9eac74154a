// The plan of a computation, in words: what explain() prints.
import { itemSize } from '../core/dtype';
import type { GraphNode } from '../core/graph';
import { type ExecutorName, getGlobalOp, getOp, type Operand } from '../core/op';
import type { TileProgram } from '../core/program';
import { type Region, regionShape, regionSize, wholeRegion } from '../core/region';
import { countTiles, tilesOf } from '../core/tiling';
import { type GlobalResults, planTile } from '../plan/plan';
import { tileShape } from './compute';
import { collectGlobals, nextWave } from './globals';
import type { ComputeOptions } from './options';
import { TileRunner } from './tileRunner';
import { CountingContext } from './webgpu/countingContext';

/** Plans every pass and describes a tile in the middle of each (edge tiles have smaller halos). Reads no pixels. */
export async function explainNode(node: GraphNode, options: ComputeOptions): Promise<string> {
  const lines: string[] = [];
  const wanted = collectGlobals([node]);
  const found = new Map<string, unknown>();
  let pass = 0;
  while (wanted.size > 0) {
    const wave = nextWave(wanted, found);
    if (wave.length === 0) break;
    const op = getGlobalOp(wave[0].op);
    const shape = op.domain(wave[0].params, wave[0].inputs);
    const block = op.blockShape(wave[0].params, wave[0].inputs);
    const tile = middleTile(wholeRegion(shape), shape, block);
    const runner = await TileRunner.create(wave, options);
    lines.push(
      `pass ${++pass}: ${wave.map((n) => n.op).join(' + ')} over [${shape}] in ${countTiles(wholeRegion(shape), block)} tiles of [${block}]`,
      ...describe(runner, (executor) =>
        planTile({ tile, outputs: [], partials: wave, globals: UNKNOWN, executor }),
      ),
    );
    for (const n of wave) {
      found.set(n.key, undefined);
      wanted.delete(n.key);
    }
  }
  const block = tileShape(node);
  const region = wholeRegion(node.shape);
  const tile = middleTile(region, node.shape, block);
  const runner = await TileRunner.create([node], options);
  const tiles = node.shape.length === 0 ? 1 : countTiles(region, block);
  lines.push(
    `compute: ${node.op} ${node.dtype} [${node.shape}] in ${tiles} tile${tiles > 1 ? 's' : ''} of [${block}]`,
    ...describe(runner, (executor) =>
      planTile({ tile, outputs: [{ node, region: tile }], partials: [], globals: UNKNOWN, executor }),
    ),
  );
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
  const counting = new CountingContext();
  let dispatches = 0;
  for (const step of program.steps) {
    let cost = '';
    if (gpu) {
      const op = getOp(step.op);
      op.gpu(counting, step);
      cost = `, ${counting.dispatches - dispatches} dispatches`;
      dispatches = counting.dispatches;
    }
    const output = step.partial ? 'partial result' : block(step.output);
    lines.push(`  ${step.op} -> ${output}${halo(step.output.region, program.tile)}${cost}`);
  }
  const uploaded = program.reads.reduce((sum, read) => sum + bytes(read), 0);
  const returned = program.outputs.reduce((sum, output) => sum + bytes(output), 0);
  const submit = gpu ? `1 submit, ${dispatches} dispatches, ` : '1 worker call, ';
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
