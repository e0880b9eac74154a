// Instances of the WASM kernels. The module is compiled once; every instance has its own memory.
import base64 from 'virtual:kernels';
import { DeviceError } from '../../core/errors';
import type { CpuKernels } from '../../core/kernels';

let compiled: Promise<WebAssembly.Module> | undefined;

const compile = (): Promise<WebAssembly.Module> =>
  WebAssembly.compile(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));

/** A fresh instance of the kernels. */
export async function instantiateKernels(): Promise<CpuKernels> {
  try {
    compiled ??= compile();
    const { exports } = await WebAssembly.instantiate(await compiled);
    const heapBase = (exports.heapBase as WebAssembly.Global).value as number;
    return { ...(exports as unknown as CpuKernels), heapBase };
  } catch (cause) {
    compiled = undefined;
    throw new DeviceError('WASM kernels: could not be instantiated; WebAssembly with SIMD is required', {
      cause,
    });
  }
}
