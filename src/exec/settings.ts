// What an application may set once: workers, devices and memory.
import { checkInteger } from '../core/checks';
import { ArgumentError } from '../core/errors';
import { setTileElements } from '../core/tiling';
import { setCacheBudget } from '../io/cache';

/** Which executor to use: `auto` is the GPU when there is a hardware adapter, else the CPU workers. */
export type DeviceChoice = 'auto' | 'cpu' | 'gpu';

/** A browser Worker, or a worker of node:worker_threads. */
export type AnyWorker = Worker | import('node:worker_threads').Worker;

export interface Settings {
  /** CPU workers; 0 computes on the calling thread. Default: the machine's cores, at most 8. */
  readonly workers?: number;
  /** Makes a worker running `tilewise/worker`: for bundlers and content security policies with rules of their own. */
  readonly createWorker?: () => AnyWorker;
  /**
   * Bytes that the work may take: an eighth for cached chunks, half for tiles in flight, the rest for the runtime and
   * results. Default: an eighth of the device's memory.
   */
  readonly memoryBudget?: number;
  /** The default of every call's `device`. Default `auto`. */
  readonly device?: DeviceChoice;
  /** A GPUDevice to use instead of an own one; it stays the caller's to destroy. */
  readonly gpuDevice?: GPUDevice;
  /**
   * Whether workers read arrays and write results in shared memory, without copies on the calling thread. Default: where
   * there is shared memory, which is in Node and on pages that are cross-origin isolated.
   */
  readonly sharedMemory?: boolean;
  /**
   * Elements a tile aims at: chunks smaller than that are computed several at once. Default 2^20. Results never
   * depend on it.
   */
  readonly tileElements?: number;
}

let current: Settings = {};
const listeners = new Set<() => void>();

/**
 * Changes settings; those not named stay. Executors are made anew at the next call.
 * @throws ArgumentError for a value that is not accepted
 */
export function configure(settings: Settings): void {
  if (settings.workers !== undefined) checkInteger('workers', settings.workers, 0, 256);
  if (settings.memoryBudget !== undefined) checkInteger('memoryBudget', settings.memoryBudget, 1 << 20);
  if ('tileElements' in settings) {
    if (settings.tileElements !== undefined) checkInteger('tileElements', settings.tileElements, 1);
    setTileElements(settings.tileElements);
  }
  if (settings.device !== undefined) checkDevice(settings.device);
  current = { ...current, ...settings };
  setCacheBudget(cacheBudget());
  for (const listener of listeners) listener();
}

export const settings = (): Settings => current;

/** Calls `listener` after every change. */
export const onSettings = (listener: () => void): void => {
  listeners.add(listener);
};

export function checkDevice(device: unknown): DeviceChoice {
  if (device === 'auto' || device === 'cpu' || device === 'gpu') return device;
  throw new ArgumentError('device', device, "'auto', 'cpu' or 'gpu'");
}

/** Bytes for all. */
export function memoryBudget(): number {
  if (current.memoryBudget !== undefined) return current.memoryBudget;
  const memory = (globalThis.navigator as { deviceMemory?: number } | undefined)?.deviceMemory ?? 4;
  return memory * 2 ** 27;
}

const cacheBudget = (): number => memoryBudget() / 8;
setCacheBudget(cacheBudget());

/** Bytes for tiles in flight. */
export const tileBudget = (): number => memoryBudget() / 2;

/** Cores worth using. */
export function workerCount(): number {
  if (current.workers !== undefined) return current.workers;
  const os = globalThis.process?.getBuiltinModule?.('node:os');
  const cores = os ? os.availableParallelism() : (globalThis.navigator?.hardwareConcurrency ?? 2);
  return Math.max(1, Math.min(8, cores));
}

export const sharedMemory = (): boolean =>
  current.sharedMemory ??
  (typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated !== false);
