// Runs one tile after another through an executor: reads its blocks, and runs it again when a device or worker fails.
import type { GraphNode } from '../core/graph';
import { getOp } from '../core/op';
import type { TileProgram, TileResult } from '../core/program';
import type { Source } from '../core/source';
import { topologicalOrder } from '../plan/plan';
import { cpuExecutor, getExecutor } from './devices';
import { emitExecutorEvent } from './events';
import { type Executor, isRetryable } from './executor';
import type { ComputeOptions } from './options';
import { readBlock } from './readBlock';
import { sharedMemory } from './settings';
import { OutOfMemoryError } from './webgpu/errors';

/** Runs of a tile on its executor before the CPU takes it, or the call fails. */
const ATTEMPTS = 3;

export class TileRunner {
  private constructor(
    readonly executor: Executor,
    /** Why the work is on this executor. */
    readonly reason: string,
    readonly sources: ReadonlyMap<string, Source>,
  ) {}

  /** Chooses the executor for tiles of these nodes: the CPU when the GPU refuses any of their operations. */
  static async create(roots: readonly GraphNode[], options: ComputeOptions): Promise<TileRunner> {
    const nodes = topologicalOrder(roots);
    const sources = new Map<string, Source>();
    for (const node of nodes) if (node.source) sources.set(node.source.key, node.source);
    const executor = await getExecutor(options.device);
    const refusal = executor.name === 'gpu' ? gpuRefusal(nodes) : undefined;
    if (!refusal) return new TileRunner(executor, executor.reason, sources);
    return new TileRunner(await cpuExecutor(refusal), refusal, sources);
  }

  async run(program: TileProgram, signal: AbortSignal | undefined): Promise<TileResult> {
    let executor = this.executor;
    if (!executor.fits(program)) executor = await cpuExecutor('a block exceeds the limits of the GPU');
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const shared = executor.name === 'cpu' && sharedMemory();
      const inputs = await Promise.all(
        program.reads.map((read) => readBlock(this.sources.get(read.key)!, read.region, { signal, shared })),
      );
      try {
        return await executor.run(program, inputs, { signal });
      } catch (cause) {
        if (signal?.aborted) throw signal.reason;
        if (!isRetryable(cause) || (executor.name === 'cpu' && attempt >= ATTEMPTS)) throw cause;
        const giveUp = executor.name === 'gpu' && (attempt >= ATTEMPTS || cause instanceof OutOfMemoryError);
        if (giveUp) executor = await cpuExecutor(`the GPU failed: ${cause.message}`);
        emitExecutorEvent({ kind: giveUp ? 'fallback' : 'retry', message: cause.message, cause });
      }
    }
  }
}

/** The first reason why some node cannot run on the GPU. */
export function gpuRefusal(nodes: readonly GraphNode[]): string | undefined {
  for (const node of nodes) {
    if (node.op === 'source') {
      if (['float64', 'int64', 'uint64'].includes(node.dtype)) return `source: WebGPU has no ${node.dtype}`;
      continue;
    }
    const refusal = getOp(node.op).gpuRefuses?.(node.params, node.inputs, node);
    if (refusal) return `${node.op}: ${refusal}`;
  }
  return undefined;
}
