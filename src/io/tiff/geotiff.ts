// Loads geotiff when the first TIFF is met, and makes up for two of its dependencies.
import { decodeZstd } from '../zstd';

type GeotiffModule = typeof import('geotiff');

let loading: Promise<GeotiffModule> | undefined;

/** The package geotiff. */
export function loadGeotiff(): Promise<GeotiffModule> {
  loading ??= load().then(withZstd);
  return loading;
}

/** A dependency of its takes every worker thread of Node for its own, unless there is a Worker already. */
async function load(): Promise<GeotiffModule> {
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  const scope = globalThis as { Worker?: unknown };
  if (!threads || threads.isMainThread || scope.Worker) return import('geotiff');
  scope.Worker = threads.Worker;
  try {
    return await import('geotiff');
  } finally {
    delete scope.Worker;
  }
}

const ZSTD = 50_000;

/** Its decoder of zstd loads WASM from a data URL, which a strict content security policy forbids. */
function withZstd(geotiff: GeotiffModule): GeotiffModule {
  class ZstdDecoder extends geotiff.BaseDecoder {
    override async decodeBlock(buffer: ArrayBufferLike): Promise<ArrayBufferLike> {
      return (await decodeZstd(new Uint8Array(buffer))).slice().buffer;
    }
  }
  geotiff.addDecoder(ZSTD, async () => ZstdDecoder);
  return geotiff;
}
