// zstd, also where code may not be made of strings: there, zarrita's WASM codec cannot start.
import { registry } from 'zarrita';

interface Codec {
  encode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
  decode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

type Loader = () => Promise<{ fromConfig(configuration: object): Codec }>;

const NAMES = ['zstd', 'numcodecs.zstd'];
const loadWasm = registry.get('zstd') as unknown as Loader;

let wasmFails = false;

/** By zarrita's WASM codec, or by other means where a content security policy forbids `unsafe-eval`. */
async function byWasm(
  run: (codec: Codec) => Uint8Array | Promise<Uint8Array>,
  otherwise: () => Uint8Array | Promise<Uint8Array>,
  configuration: object = {},
): Promise<Uint8Array> {
  if (!wasmFails) {
    try {
      const Zstd = await loadWasm();
      return await run(Zstd.fromConfig(configuration));
    } catch (error) {
      if (!(error instanceof EvalError)) throw error;
      wasmFails = true;
    }
  }
  return otherwise();
}

/** Without WASM by JavaScript, which is slower. */
export const decodeZstd = (bytes: Uint8Array): Promise<Uint8Array> =>
  byWasm(
    (codec) => codec.decode(bytes),
    async () => (await import('fzstd')).decompress(bytes),
  );

/** Without WASM stored rather than compressed: a frame that every decoder reads. */
export const encodeZstd = (bytes: Uint8Array, level: number): Promise<Uint8Array> =>
  byWasm(
    (codec) => codec.encode(bytes),
    () => storedFrame(bytes),
    { level },
  );

/** Makes zarrita's own pipelines go this way too, unless the application has put another codec there. */
export function registerZstd(): void {
  for (const name of NAMES) {
    if ((registry.get(name) as unknown) === loadWasm) registry.set(name, (() => Zstd) as never);
  }
}

const Zstd = {
  fromConfig: ({ level = 0 }: { level?: number } = {}): Codec => ({
    encode: (bytes) => encodeZstd(bytes, level),
    decode: decodeZstd,
  }),
};

const LARGEST_BLOCK = 128 * 1024;

/** RFC 8878: a frame of raw blocks. */
function storedFrame(bytes: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(bytes.length / LARGEST_BLOCK));
  const frame = new Uint8Array(9 + 3 * blocks + bytes.length);
  const header = new DataView(frame.buffer);
  header.setUint32(0, 0xfd2fb528, true);
  // One segment, its size in four bytes.
  header.setUint8(4, 0b1010_0000);
  header.setUint32(5, bytes.length, true);
  let at = 9;
  for (let i = 0; i < blocks; i++) {
    const block = bytes.subarray(i * LARGEST_BLOCK, (i + 1) * LARGEST_BLOCK);
    const start = block.length * 8 + (i === blocks - 1 ? 1 : 0);
    frame.set([start & 255, (start >> 8) & 255, start >> 16], at);
    frame.set(block, at + 3);
    at += 3 + block.length;
  }
  return frame;
}
