// The CPU executor without workers: tiles run on the calling thread, one after the other.
import type { BlockData, TileProgram, TileResult } from '../../core/program';
import { callModule } from '../callModule';
import type { CpuExecutor, ExecutorStats, ModuleCall, RunOptions } from '../executor';
import { CpuEngine } from './engine';

export class InlineExecutor implements CpuExecutor {
  readonly name = 'cpu';
  readonly concurrency = 1;
  readonly stats: ExecutorStats = { submits: 0, dispatches: 0, bytesUploaded: 0, bytesRead: 0 };
  #engine: Promise<CpuEngine> | undefined;

  constructor(readonly description: string) {}

  fits(): boolean {
    return true;
  }

  async run(program: TileProgram, inputs: BlockData[], { signal }: RunOptions = {}): Promise<TileResult> {
    this.#engine ??= CpuEngine.create();
    const engine = await this.#engine;
    // Let input and abort events in between tiles.
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    return engine.run(program, inputs);
  }

  async call(call: ModuleCall, { signal }: RunOptions = {}): Promise<unknown> {
    signal?.throwIfAborted();
    return callModule(call);
  }

  dispose(): void {
    this.#engine = undefined;
  }
}
