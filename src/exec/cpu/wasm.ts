// Instances of the WASM kernels. The module is compiled once; every instance has its own memory.
import { DeviceError } from '../../core/errors';
import type { CpuKernels } from '../../core/kernels';

let compiled: Promise<WebAssembly.Module> | undefined;

/** A module with one instruction of relaxed SIMD, i8x16.relaxed_swizzle. */
const PROBE = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0],
  ...[10, 15, 1, 13, 0, 0x41, 1, 0xfd, 15, 0x41, 1, 0xfd, 15, 0xfd, 0x80, 2, 0x0b],
);

/** Only the build that runs here is loaded. */
const load = () =>
  WebAssembly.validate(PROBE) ? import('virtual:kernelsRelaxed') : import('virtual:kernels');

async function compile(): Promise<WebAssembly.Module> {
  const { default: base64 } = await load();
  return WebAssembly.compile(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}

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
