// Runs one tile after another through an executor: reads its blocks, and runs it again when a device or worker fails.
import type { DType } from '../core/dtype';
import { DeviceError } from '../core/errors';
import type { GraphNode } from '../core/graph';
import { type ExecutorName, getOp } from '../core/op';
import type { TileProgram, TileResult } from '../core/program';
import { copyRegion } from '../core/region';
import type { Source } from '../core/source';
import { type PlanRequest, planTile, type Surveyor, topologicalOrder } from '../plan/plan';
import { type Choice, chooseExecutor, cpuChoice, cpuExecutor } from './devices';
import { emitExecutorEvent } from './events';
import { type Executor, isRetryable, type TileOptions } from './executor';
import type { ComputeOptions } from './options';
import { stageBlock } from './readBlock';
import { type DeviceChoice, settings } from './settings';
import { DeviceLostError } from './webgpu/errors';

/** Runs of a tile on its executor before the CPU takes it, or the call fails. */
const ATTEMPTS = 3;

/** A tile's result, and the program that made it. */
export interface TileRun {
  readonly program: TileProgram;
  readonly result: TileResult;
}

/** Makes the program of a tile, for an executor, from what surveys have found. */
export type Planner = (executor: ExecutorName, survey: Surveyor) => TileProgram;

export class TileRunner {
  private constructor(
    private current: Executor,
    /** Why the work is on this executor. */
    readonly reason: string,
    readonly sources: ReadonlyMap<string, Source>,
    /** What the call asked for, for sources that compute. */
    private readonly device: DeviceChoice | undefined,
    /** Why the CPU cannot take over from the GPU, if it cannot. */
    private readonly gpuOnly: string | undefined,
  ) {}

  /**
   * Chooses the executor for tiles of these nodes: the CPU when the GPU refuses any of their operations.
   * @throws DeviceError when some operation needs a GPU, and there is none or another operation needs the CPU
   */
  static async create(roots: readonly GraphNode[], options: ComputeOptions): Promise<TileRunner> {
    const nodes = topologicalOrder(roots);
    const sources = new Map<string, Source>();
    for (const node of nodes) if (node.source) sources.set(node.source.key, node.source);
    const gpuOnly = refusalOf(nodes, 'cpuRefuses');
    const chosen = gpuOnly ? await gpuChoice(gpuOnly, options) : await chooseExecutor(options.device);
    const refusal = chosen.executor.name === 'gpu' ? gpuRefusal(nodes) : undefined;
    if (gpuOnly && refusal) throw new DeviceError(`${gpuOnly}; but ${refusal}`);
    const { executor, reason } = refusal ? await cpuChoice(refusal) : chosen;
    return new TileRunner(executor, reason, sources, options.device, gpuOnly);
  }

  /** The executor in use; the CPU's once the GPU was given up. */
  get executor(): Executor {
    return this.current;
  }

  /** The tile's program, once the data that decides what it reads has been looked at. */
  async plan(
    planner: Planner,
    signal: AbortSignal | undefined,
    executor = this.current,
  ): Promise<TileProgram> {
    const found = new Map<string, unknown>();
    const keyOf = ({ tile, partials: [node] }: PlanRequest) => `${node.key} ${tile}`;
    for (;;) {
      // What a survey asks for depends on the surveys of its consumers: one at a time, consumers first.
      const missing: PlanRequest[] = [];
      const program = planner(executor.name, (request) => {
        if (!found.has(keyOf(request))) missing.push(request);
        return found.get(keyOf(request));
      });
      if (missing.length === 0) return program;
      const survey: Planner = (name, surveyor) =>
        planTile({ ...missing[0], executor: name, survey: surveyor });
      const { result } = await this.run(survey, signal, undefined, executor);
      found.set(keyOf(missing[0]), result.partials[0]);
    }
  }

  /** Runs the tile that `planner` makes a program of; its outputs go to the targets, if there are any. */
  async run(
    planner: Planner,
    signal: AbortSignal | undefined,
    options: Omit<TileOptions, 'signal'> = {},
    first = this.current,
  ): Promise<TileRun> {
    const held = [...this.sources.values()].map((source) => source.hold?.());
    try {
      return await this.#run(planner, signal, options, first);
    } finally {
      for (const release of held) release?.();
    }
  }

  async #run(
    planner: Planner,
    signal: AbortSignal | undefined,
    { targets, deviceTarget }: Omit<TileOptions, 'signal'>,
    first: Executor,
  ): Promise<TileRun> {
    let executor = first;
    let program = await this.plan(planner, signal, executor);
    const leaveGpu = async (cause?: unknown) => {
      if (this.gpuOnly)
        throw cause ?? new DeviceError(`${this.gpuOnly}; but a tile exceeds the GPU's limits`);
      executor = await cpuExecutor();
      program = await this.plan(planner, signal, executor);
    };
    if (!executor.fits(program)) await leaveGpu();
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const { staging } = executor;
      const inputs = await Promise.all(
        program.reads.map(({ key, region }) =>
          stageBlock(this.sources.get(key)!, region, staging, { signal, device: this.device }),
        ),
      );
      try {
        const result = await executor.run(program, inputs, { signal, targets, deviceTarget });
        signal?.throwIfAborted();
        result.outputs.forEach((data, i) => {
          const target = targets?.[i];
          if (target) copyRegion(data, program.outputs[i].region, target.data, target.region, program.tile);
        });
        return { program, result };
      } catch (cause) {
        if (signal?.aborted) throw signal.reason;
        if (!isRetryable(cause)) throw cause;
        if (executor.name === 'cpu') {
          if (attempt >= ATTEMPTS) throw cause;
          // A pool that was disposed in the meantime has a successor.
          executor = await cpuExecutor();
          emitExecutorEvent({ kind: 'retry', message: cause.message, cause });
          continue;
        }
        // Only a lost device may do better next time; one lost again and again is given up for good.
        const retry = cause instanceof DeviceLostError && attempt < ATTEMPTS;
        if (!retry) {
          await leaveGpu(cause);
          if (cause instanceof DeviceLostError) this.current = executor;
          attempt = 0;
        }
        emitExecutorEvent({ kind: retry ? 'retry' : 'fallback', message: cause.message, cause });
      }
    }
  }
}

/** What GPU buffers do not hold. */
const HOST_TYPES: readonly DType[] = ['float64', 'int64', 'uint64', 'complex128'];

/** The first reason why some node cannot run on the GPU. */
export function gpuRefusal(nodes: readonly GraphNode[]): string | undefined {
  const wide = nodes.find(({ source, dtype }) => source && HOST_TYPES.includes(dtype));
  return wide ? `source: WebGPU has no ${wide.dtype}` : refusalOf(nodes, 'gpuRefuses');
}

function refusalOf(nodes: readonly GraphNode[], refuses: 'gpuRefuses' | 'cpuRefuses'): string | undefined {
  for (const node of nodes) {
    const refusal = node.source ? undefined : getOp(node.op)[refuses]?.(node.params, node.inputs, node);
    if (refusal) return `${node.op}: ${refusal}`;
  }
  return undefined;
}

/** The GPU, even a software one, for work that needs it. */
async function gpuChoice(why: string, options: ComputeOptions): Promise<Choice> {
  if ((options.device ?? settings().device) === 'cpu')
    throw new DeviceError(`${why}; but device is set to 'cpu'`);
  try {
    return await chooseExecutor('gpu');
  } catch (cause) {
    throw new DeviceError(`${why}; but ${(cause as Error).message}`, { cause });
  }
}
