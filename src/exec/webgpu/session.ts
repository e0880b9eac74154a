// One device and everything that dies with it.

import { BufferPool } from './bufferPool';
import { ConstantCache } from './constantCache';
import { type AcquiredDevice, acquireDevice, type DeviceOptions } from './device';
import { DeviceLostError } from './errors';
import { PipelineCache } from './pipelineCache';

const CONSTANT_BYTES = 16 << 20;

export class GpuSession {
  readonly device: GPUDevice;
  readonly pool: BufferPool;
  readonly pipelines: PipelineCache;
  readonly constants: ConstantCache;
  /** Why the device is gone, once it is. */
  lost: DeviceLostError | undefined;
  readonly #waiting = new Set<(error: Error) => void>();

  constructor(
    readonly acquired: AcquiredDevice,
    poolBytes: number,
  ) {
    this.device = acquired.device;
    this.pool = new BufferPool(this.device, poolBytes);
    this.pipelines = new PipelineCache(this.device);
    this.constants = new ConstantCache(this.pool, CONSTANT_BYTES);
    this.device.lost.then(({ reason, message }) => {
      this.lost = new DeviceLostError(`device: lost (${reason}): ${message}`);
      for (const reject of this.#waiting) reject(this.lost);
    });
  }

  static async open(options: DeviceOptions, poolBytes: number): Promise<GpuSession> {
    return new GpuSession(await acquireDevice(options), poolBytes);
  }

  /** `work`'s result, unless the device is lost or the signal aborts first; `work` then finishes unobserved. */
  guard<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal?.reason);
      this.#waiting.add(reject);
      signal?.addEventListener('abort', abort);
      work.then(resolve, reject).finally(() => {
        this.#waiting.delete(reject);
        signal?.removeEventListener('abort', abort);
      });
    });
  }

  dispose(): void {
    this.constants.flush();
    this.pool.dispose();
    if (this.acquired.owned) this.device.destroy();
  }
}
