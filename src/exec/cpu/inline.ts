// The CPU executor without workers: tiles run on the calling thread, one after the other.
import type { TileProgram, TileResult } from '../../core/program';
import type { PlacedArray } from '../../core/region';
import { callModule } from '../callModule';
import type { CpuExecutor, ExecutorStats, ModuleCall, RunOptions, TileOptions } from '../executor';
import { sameThread } from '../staging';
import { CpuEngine } from './engine';

export class InlineExecutor implements CpuExecutor {
  readonly name = 'cpu';
  readonly concurrency = 1;
  readonly staging = sameThread;
  readonly stats: ExecutorStats = { submits: 0, dispatches: 0, bytesUploaded: 0, bytesRead: 0 };
  #engine: Promise<CpuEngine> | undefined;

  constructor(readonly description: string) {}

  fits(): boolean {
    return true;
  }

  async run(
    program: TileProgram,
    inputs: readonly PlacedArray[],
    { signal, targets }: TileOptions = {},
  ): Promise<TileResult> {
    this.#engine ??= CpuEngine.create();
    const engine = await this.#engine;
    // Let input and abort events in between tiles.
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    return engine.run(program, inputs, targets);
  }

  async call(call: ModuleCall, { signal }: RunOptions = {}): Promise<unknown> {
    signal?.throwIfAborted();
    return callModule(call);
  }

  dispose(): void {
    this.#engine = undefined;
  }
}
