// WebGPU in Node: built into the runtime, or the optional package `webgpu`.
import { DeviceError } from '../core/errors';
import { findGpu } from '../exec/webgpu/findGpu';

interface WebGpuPackage {
  readonly create: (flags: readonly string[]) => GPU;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Optional, so no bundler is to look for it. */
const PACKAGE = 'webgpu';

/** Makes `navigator.gpu` exist. @throws DeviceError that says what is missing */
export async function provideGpu(): Promise<void> {
  if (findGpu()) return;
  let provider: WebGpuPackage;
  try {
    provider = (await import(/* @vite-ignore */ PACKAGE)) as WebGpuPackage;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why =
      code === 'ERR_MODULE_NOT_FOUND' ? 'this Node has no WebGPU; install it: npm install webgpu' : message;
    throw new DeviceError(`--device gpu: ${why}`, { cause });
  }
  Object.assign(globalThis, provider.globals);
  const gpu = provider.create([]);
  if (!globalThis.navigator)
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
}
