// Runs one tile after another through an executor: reads its blocks, and runs it again when a device or worker fails.
import type { GraphNode } from '../core/graph';
import { getOp } from '../core/op';
import type { TileProgram, TileResult } from '../core/program';
import type { Source } from '../core/source';
import { topologicalOrder } from '../plan/plan';
import { chooseExecutor, cpuChoice, cpuExecutor } from './devices';
import { emitExecutorEvent } from './events';
import { type Executor, isRetryable } from './executor';
import type { ComputeOptions } from './options';
import { readBlock } from './readBlock';
import { type DeviceChoice, sharedMemory } from './settings';
import { DeviceLostError } from './webgpu/errors';

/** Runs of a tile on its executor before the CPU takes it, or the call fails. */
const ATTEMPTS = 3;

export class TileRunner {
  private constructor(
    private current: Executor,
    /** Why the work is on this executor. */
    readonly reason: string,
    readonly sources: ReadonlyMap<string, Source>,
    /** What the call asked for, for sources that compute. */
    private readonly device: DeviceChoice | undefined,
  ) {}

  /** Chooses the executor for tiles of these nodes: the CPU when the GPU refuses any of their operations. */
  static async create(roots: readonly GraphNode[], options: ComputeOptions): Promise<TileRunner> {
    const nodes = topologicalOrder(roots);
    const sources = new Map<string, Source>();
    for (const node of nodes) if (node.source) sources.set(node.source.key, node.source);
    const chosen = await chooseExecutor(options.device);
    const refusal = chosen.executor.name === 'gpu' ? gpuRefusal(nodes) : undefined;
    const { executor, reason } = refusal ? await cpuChoice(refusal) : chosen;
    return new TileRunner(executor, reason, sources, options.device);
  }

  /** The executor in use; the CPU's once the GPU was given up. */
  get executor(): Executor {
    return this.current;
  }

  async run(program: TileProgram, signal: AbortSignal | undefined): Promise<TileResult> {
    let executor = this.current;
    if (!executor.fits(program)) executor = await cpuExecutor();
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const shared = executor.name === 'cpu' && sharedMemory();
      const inputs = await Promise.all(
        program.reads.map(({ key, region }) =>
          readBlock(this.sources.get(key)!, region, { signal, shared, device: this.device }),
        ),
      );
      try {
        return await executor.run(program, inputs, { signal });
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
          executor = await cpuExecutor();
          if (cause instanceof DeviceLostError) this.current = executor;
          attempt = 0;
        }
        emitExecutorEvent({ kind: retry ? 'retry' : 'fallback', message: cause.message, cause });
      }
    }
  }
}

/** The first reason why some node cannot run on the GPU. */
export function gpuRefusal(nodes: readonly GraphNode[]): string | undefined {
  for (const node of nodes) {
    if (node.op === 'source') {
      if (['float64', 'int64', 'uint64', 'complex128'].includes(node.dtype))
        return `source: WebGPU has no ${node.dtype}`;
      continue;
    }
    const refusal = getOp(node.op).gpuRefuses?.(node.params, node.inputs, node);
    if (refusal) return `${node.op}: ${refusal}`;
  }
  return undefined;
}
