// Which executor does the work, and why.
import { InlineExecutor } from './cpu/inline';
import { emitExecutorEvent } from './events';
import type { Executor } from './executor';
import { checkDevice, type DeviceChoice, onSettings, settings, sharedMemory, workerCount } from './settings';
import { GpuExecutor } from './webgpu/executor';
import { createDefaultWorker } from './worker/createWorker';
import { WorkerPool } from './worker/pool';

let cpu: Promise<Executor> | undefined;
let gpu: Promise<GpuExecutor> | undefined;

onSettings(disposeExecutors);

/** Ends workers and releases the GPU device (unless it is the application's); the next call makes new ones. */
export function disposeExecutors(): void {
  for (const executor of [cpu, gpu])
    executor?.then(
      (e) => e.dispose(),
      () => {},
    );
  cpu = undefined;
  gpu = undefined;
}

/** The executor for `device`; throws a DeviceError when it is `gpu` and there is none. */
export async function getExecutor(device: DeviceChoice = settings().device ?? 'auto'): Promise<Executor> {
  checkDevice(device);
  if (device === 'cpu') return cpuExecutor('asked for');
  try {
    const executor = await gpuExecutor();
    if (device === 'gpu' || !executor.isFallback || settings().gpuDevice) return executor;
    return cpuExecutor(`the only WebGPU adapter is a software one (${executor.description})`);
  } catch (error) {
    if (device === 'gpu') throw error;
    return cpuExecutor(`no WebGPU adapter: ${error instanceof Error ? error.message : error}`);
  }
}

function gpuExecutor(): Promise<GpuExecutor> {
  gpu ??= GpuExecutor.create({ device: settings().gpuDevice });
  // A failure is remembered until settings change: probing an absent GPU again and again is slow.
  return gpu;
}

/** The CPU executor; `reason` is what its first caller says. */
export function cpuExecutor(reason: string): Promise<Executor> {
  cpu ??= startCpu(reason);
  return cpu;
}

async function startCpu(reason: string): Promise<Executor> {
  const size = workerCount();
  if (size === 0) return new InlineExecutor(reason);
  const pool = new WorkerPool({
    size,
    createWorker: settings().createWorker ?? createDefaultWorker,
    shared: sharedMemory(),
    reason: `${size} WASM worker${size > 1 ? 's' : ''}: ${reason}`,
  });
  try {
    await pool.start();
    return pool;
  } catch (cause) {
    pool.dispose();
    const message = `workers could not be started (${cause instanceof Error ? cause.message : cause}); computing on the calling thread`;
    emitExecutorEvent({ kind: 'fallback', message, cause });
    return new InlineExecutor(message);
  }
}
