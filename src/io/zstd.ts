// zstd by libzstd in WASM. zarrita's own codec copies byte by byte, and may not run where code may not be made of strings.
import { registry } from 'zarrita';

interface Codec {
  encode(bytes: Uint8Array): Promise<Uint8Array>;
  decode(bytes: Uint8Array): Promise<Uint8Array>;
}

const NAMES = ['zstd', 'numcodecs.zstd'];
const theirs = registry.get('zstd') as unknown;

/** The most that a frame may become. */
const LARGEST = 2 ** 31 - 1;
/** What is tried first for frames that do not tell their length. */
const GUESS = 8;

/** Error codes of zstd_errors.h, as negative numbers. */
const TOO_SMALL = -70;
const ERRORS: Readonly<Record<number, string>> = {
  [-10]: 'not a zstd frame',
  [-20]: 'corrupt data',
  [-22]: 'wrong checksum',
  [-64]: 'out of memory',
  [-72]: 'truncated data',
};

type ZstdModule = typeof import('virtual:zstd')['Module'];

class Zstd {
  readonly #module: ZstdModule;
  readonly #compressor: number;
  readonly #decompressor: number;

  constructor(module: ZstdModule) {
    this.#module = module;
    this.#compressor = module._ZSTD_createCCtx();
    this.#decompressor = module._ZSTD_createDCtx();
  }

  compress(bytes: Uint8Array, level: number): Uint8Array {
    const module = this.#module;
    const capacity = module._ZSTD_compressBound(bytes.length);
    return this.#withBuffers(bytes, capacity, (source, target) =>
      module._ZSTD_compress_usingDict(this.#compressor, target, capacity, source, bytes.length, 0, 0, level),
    );
  }

  /** All frames that there are. */
  decompress(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) throw new Error('zstd: no data');
    const module = this.#module;
    const run = (capacity: number) =>
      this.#withBuffers(bytes, capacity, (source, target) =>
        module._ZSTD_decompress_usingDict(this.#decompressor, target, capacity, source, bytes.length, 0, 0),
      );
    for (let capacity = this.#contentSize(bytes); ; capacity = Math.min(LARGEST, capacity * 4)) {
      try {
        return run(capacity);
      } catch (error) {
        const small = (error as Error).cause === TOO_SMALL;
        if (!small || capacity === LARGEST) throw error;
      }
    }
  }

  /** The length of the first frame's content, or a guess. */
  #contentSize(bytes: Uint8Array): number {
    const module = this.#module;
    const header = bytes.subarray(0, 32);
    const pointer = this.#allocate(header.length);
    module.HEAPU8.set(header, pointer);
    // 32 bits of it; negative where it is not told or there is no frame.
    const size = module._ZSTD_getFrameContentSize(pointer, bytes.length) | 0;
    module._free(pointer);
    return size >= 0 ? Math.max(1, size) : Math.max(2 ** 16, GUESS * bytes.length);
  }

  #withBuffers(
    bytes: Uint8Array,
    capacity: number,
    run: (source: number, target: number) => number,
  ): Uint8Array {
    const module = this.#module;
    const source = this.#allocate(bytes.length + capacity);
    try {
      const target = source + bytes.length;
      module.HEAPU8.set(bytes, source);
      const length = run(source, target);
      if (module._ZSTD_isError(length)) {
        const code = length | 0;
        throw new Error(`zstd: ${ERRORS[code] ?? `error ${-code}`}`, { cause: code });
      }
      return module.HEAPU8.slice(target, target + (length >>> 0));
    } finally {
      module._free(source);
    }
  }

  #allocate(bytes: number): number {
    const pointer = this.#module._malloc(bytes);
    if (pointer === 0) throw new Error(`zstd: ${ERRORS[-64]}`, { cause: -64 });
    return pointer >>> 0;
  }
}

let starting: Promise<Zstd> | undefined;

function load(): Promise<Zstd> {
  starting ??= start();
  return starting;
}

async function start(): Promise<Zstd> {
  const { Module, wasm } = await import('virtual:zstd');
  const binary = Uint8Array.from(atob(wasm), (character) => character.charCodeAt(0));
  await new Promise<void>((resolve, reject) => {
    Module.onRuntimeInitialized = resolve;
    Module.instantiateWasm = (imports, receive) => {
      WebAssembly.instantiate(binary, imports).then(({ instance }) => receive(instance), reject);
      return {};
    };
    Module.init();
  });
  return new Zstd(Module);
}

/** Throws an Error for what are no whole frames. */
export const decodeZstd = async (bytes: Uint8Array): Promise<Uint8Array> => (await load()).decompress(bytes);

/** One frame, which tells its length. */
export const encodeZstd = async (bytes: Uint8Array, level: number): Promise<Uint8Array> =>
  (await load()).compress(bytes, level);

/** Makes zarrita's own pipelines go this way too, unless the application has put another codec there. */
export function registerZstd(): void {
  for (const name of NAMES) {
    if ((registry.get(name) as unknown) === theirs) registry.set(name, (() => ZstdCodec) as never);
  }
}

const ZstdCodec = {
  fromConfig: ({ level = 0 }: { level?: number } = {}): Codec => ({
    encode: (bytes) => encodeZstd(bytes, level),
    decode: decodeZstd,
  }),
};
