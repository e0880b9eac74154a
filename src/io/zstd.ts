// Decompression of zstd, also where code may not be made of strings.
import { registry } from 'zarrita';

interface Codec {
  decode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

let wasmFails = false;

/** By zarrita's WASM codec; by JavaScript, which is slower, where a content security policy forbids `unsafe-eval`. */
export async function decodeZstd(bytes: Uint8Array): Promise<Uint8Array> {
  if (!wasmFails) {
    try {
      const Zstd = (await registry.get('zstd')?.()) as unknown as { fromConfig(config: object): Codec };
      return await Zstd.fromConfig({}).decode(bytes);
    } catch (error) {
      if (!(error instanceof EvalError)) throw error;
      wasmFails = true;
    }
  }
  const { decompress } = await import('fzstd');
  return decompress(bytes);
}
