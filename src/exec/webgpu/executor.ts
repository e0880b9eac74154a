// The GPU executor: tile programs on WebGPU, one submit a tile.
import { DeviceError } from '../../core/errors';
import type { TileProgram, TileResult } from '../../core/program';
import type { PlacedArray } from '../../core/region';
import type { TileOptions } from '../executor';
import { ownMemory } from '../staging';
import type { PoolStats } from './bufferPool';
import { operandBytes } from './buffers';
import type { DeviceOptions } from './device';
import { GpuSession } from './session';
import { type RunStats, runTile } from './tileRun';

export interface GpuExecutorOptions extends DeviceOptions {
  /** Device memory kept for reuse between tiles. Default 512 MiB. */
  readonly poolBytes?: number;
}

export class GpuExecutor {
  readonly name = 'gpu';
  /** Tiles worth having in flight: one uploading, one running, one being read back. */
  readonly concurrency = 3;
  readonly staging = ownMemory;
  readonly #options: GpuExecutorOptions;
  readonly #stats: RunStats = { submits: 0, dispatches: 0, bytesUploaded: 0, bytesRead: 0 };
  #current: GpuSession;
  #reopening: Promise<GpuSession> | undefined;
  #disposed = false;

  private constructor(session: GpuSession, options: GpuExecutorOptions) {
    this.#current = session;
    this.#options = options;
  }

  /** Acquires a device; throws a {@link DeviceError} when there is none. */
  static async create(options: GpuExecutorOptions = {}): Promise<GpuExecutor> {
    return new GpuExecutor(await GpuSession.open(options, poolBytes(options)), options);
  }

  /** Whether the adapter is a software one, slower than WASM workers. */
  get isFallback(): boolean {
    return this.#current.acquired.isFallback;
  }

  /** The adapter, for people. */
  get description(): string {
    return this.#current.acquired.description;
  }

  /** The device in use; another one after a loss. */
  get device(): GPUDevice {
    return this.#current.device;
  }

  get stats(): Readonly<RunStats> & { readonly pool: PoolStats } {
    return { ...this.#stats, pool: this.#current.pool.stats };
  }

  /** Whether every block of the program, and what it reads back, respects the device's limits. */
  fits(program: TileProgram): boolean {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#current.device.limits;
    const limit = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    const operands = [
      ...program.reads,
      ...program.outputs,
      ...program.steps.flatMap(({ inputs, output }) => [...inputs, output]),
    ];
    const readback = program.outputs.reduce((sum, operand) => sum + operandBytes(operand) + 16, 0);
    return (
      readback <= maxBufferSize && operands.every((operand) => !operand || operandBytes(operand) <= limit)
    );
  }

  /**
   * Computes a tile; `inputs` are exactly the regions of `program.reads`, in order. Rejects with the signal's reason as soon as
   * it aborts, with `DeviceLostError` or `OutOfMemoryError` when the tile is worth running again elsewhere, and
   * with another `DeviceError` for anything else the device objects to.
   */
  async run(
    program: TileProgram,
    inputs: readonly PlacedArray[],
    { signal, deviceTarget }: Omit<TileOptions, 'targets'> = {},
  ): Promise<TileResult> {
    signal?.throwIfAborted();
    const session = await this.#session();
    const data = inputs.map((input) => input.data);
    signal?.throwIfAborted();
    const target = deviceTarget?.device === session.device ? deviceTarget : undefined;
    return session.guard(runTile(session, program, data, this.#stats, { signal, target }), signal);
  }

  /** Releases the device (unless it is the caller's); runs in flight reject. */
  dispose(): void {
    this.#disposed = true;
    this.#current.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #session(): Promise<GpuSession> {
    if (this.#disposed) throw new DeviceError('device: the GPU executor was disposed');
    const { lost, acquired } = this.#current;
    if (!lost) return this.#current;
    if (!acquired.owned) throw lost;
    this.#reopening ??= this.#reopen();
    return this.#reopening;
  }

  async #reopen(): Promise<GpuSession> {
    try {
      const session = await GpuSession.open(this.#options, poolBytes(this.#options));
      if (this.#disposed) session.dispose();
      this.#current = session;
      return session;
    } finally {
      this.#reopening = undefined;
    }
  }
}

const poolBytes = (options: GpuExecutorOptions): number => options.poolBytes ?? 512 << 20;
