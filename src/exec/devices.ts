// Which executor does the work, and why.
import { emitExecutorEvent } from './events';
import type { CpuExecutor, Executor } from './executor';
import { checkDevice, type DeviceChoice, onSettings, settings, sharedMemory, workerCount } from './settings';
import type { GpuExecutor } from './webgpu/executor';
import { findGpu, noGpu } from './webgpu/findGpu';
import { createDefaultWorker } from './worker/createWorker';
import { WorkerPool } from './worker/pool';

let cpu: Promise<CpuExecutor> | undefined;
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

/** An executor and why it was chosen, in words for users. */
export interface Choice {
  readonly executor: Executor;
  readonly reason: string;
}

/** The executor for `device`; throws a DeviceError when it is `gpu` and there is none. */
export async function chooseExecutor(device: DeviceChoice = settings().device ?? 'auto'): Promise<Choice> {
  checkDevice(device);
  if (device === 'cpu') return cpuChoice("device is set to 'cpu'");
  try {
    const executor = await gpuExecutor();
    if (device === 'gpu' || !executor.isFallback || settings().gpuDevice)
      return { executor, reason: executor.description };
    return cpuChoice(`the only WebGPU adapter is a software one (${executor.description})`);
  } catch (error) {
    if (device === 'gpu') throw error;
    return cpuChoice(`no WebGPU adapter: ${error instanceof Error ? error.message : error}`);
  }
}

/** The CPU executor, with the reason for it. */
export async function cpuChoice(why: string): Promise<Choice> {
  const executor = await cpuExecutor();
  return { executor, reason: `${executor.description}: ${why}` };
}

function gpuExecutor(): Promise<GpuExecutor> {
  gpu ??= startGpu();
  // A failure is remembered until settings change: probing an absent GPU again and again is slow.
  return gpu;
}

/** Loaded on demand: pages without WebGPU need no shaders. */
async function startGpu(): Promise<GpuExecutor> {
  const device = settings().gpuDevice;
  if (!device && !findGpu()) throw noGpu();
  const { GpuExecutor } = await import('./webgpu/executor');
  return GpuExecutor.create({ device });
}

/** The CPU executor: workers, or the calling thread where there are none. */
export function cpuExecutor(): Promise<CpuExecutor> {
  cpu ??= startCpu();
  return cpu;
}

async function startCpu(): Promise<CpuExecutor> {
  const size = workerCount();
  if (size === 0) return inlineExecutor('WASM on the calling thread');
  const pool = new WorkerPool({
    size,
    createWorker: settings().createWorker ?? createDefaultWorker,
    shared: sharedMemory(),
  });
  try {
    await pool.start();
    return pool;
  } catch (cause) {
    pool.dispose();
    const why = `workers could not be started (${cause instanceof Error ? cause.message : cause})`;
    emitExecutorEvent({ kind: 'fallback', message: `${why}; computing on the calling thread`, cause });
    return inlineExecutor(`WASM on the calling thread, since ${why}`);
  }
}

/** Loaded on demand: pages with workers need no kernels of their own. */
async function inlineExecutor(description: string): Promise<CpuExecutor> {
  const { InlineExecutor } = await import('./cpu/inline');
  return new InlineExecutor(description);
}
