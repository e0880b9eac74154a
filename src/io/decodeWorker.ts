// The worker's half of chunk decoding and encoding: plain functions, to be exposed with the rest of the worker's service.
import * as Comlink from 'comlink';
import type * as zarr from 'zarrita';
import { type AbsolutePath, Location, open } from 'zarrita';
import type { TypedArray } from '../core/dtype';
import { decodeChunk, fullMessage, isDecodeFailure } from './decode';
import { encodeChunk } from './encode';
import { decodeBlock } from './tiff/decodeBlock';
import type { TiffCoding } from './tiff/layout';
import type { RemoteStore } from './workerDecoder';
import { registerZstd } from './zstd';

/** How an array is opened in the worker. */
export interface AttachOptions {
  readonly format: 2 | 3;
  readonly half: boolean;
}

/** What {@link createDecodeService} offers; every function may be called through comlink. */
export interface DecodeService {
  /** Opens the array at `path` of the store exposed on `port` ({@link RemoteStore}) under a name. */
  attachArray(id: string, port: MessagePort, path: string, options: AttachOptions): Promise<void>;
  /** Fetches (through the store's port) and decodes one chunk; its buffer is transferred to the caller. */
  decodeChunk(id: string, index: readonly number[], requestId: number): Promise<TypedArray>;
  /** Aborts the decode started with this request id; unknown ids are ignored. */
  abortDecode(requestId: number): void;
  /** Forgets an array and closes its port. */
  detachArray(id: string): void;
  /** Compresses a chunk's bytes; the result is transferred to the caller. */
  encodeChunk(bytes: Uint8Array): Promise<Uint8Array>;
  /** Decompresses a block of a TIFF; the result is transferred to the caller. */
  decodeTiff(bytes: Uint8Array<ArrayBuffer>, coding: TiffCoding): Promise<Uint8Array<ArrayBuffer>>;
}

interface Attached {
  readonly array: Promise<zarr.Array<zarr.DataType, zarr.AsyncReadable>>;
  readonly half: boolean;
  readonly port: MessagePort;
}

/** The decoding functions of a worker, with the arrays attached to it. Needs no globals but `AbortController`. */
export function createDecodeService(): DecodeService {
  const arrays = new Map<string, Attached>();
  const running = new Map<number, AbortController>();
  const requestOf = new WeakMap<AbortSignal, number>();

  /** zarrita passes the chunk's signal on to the store, which finds the request id by it. */
  const localStore = (port: MessagePort): zarr.AsyncReadable => {
    const remote = Comlink.wrap<RemoteStore>(port);
    const id = (options?: zarr.GetOptions) => options?.signal && requestOf.get(options.signal);
    return {
      get: (key, options) => remote.get(key, id(options)),
      getRange: (key, range, options) =>
        // A shard's index is shared by its chunks: aborting one must not take it from the others.
        remote.getRange(key, range, 'suffixLength' in range ? undefined : id(options)),
    };
  };

  return {
    async attachArray(id, port, path, { format, half }) {
      const location = new Location(localStore(port), path as AbsolutePath);
      registerZstd();
      const opening = format === 3 ? open.v3 : open.v2;
      const array = opening(location, { kind: 'array' });
      arrays.set(id, { array, half, port });
      await array;
    },
    async decodeChunk(id, index, requestId) {
      const attached = arrays.get(id);
      if (!attached) throw new Error(`array ${id} is not attached`);
      const controller = new AbortController();
      const { signal } = controller;
      running.set(requestId, controller);
      requestOf.set(signal, requestId);
      try {
        const decoded = await decodeChunk(await attached.array, index, { signal, half: attached.half });
        signal.throwIfAborted();
        const whole = decoded.byteLength === decoded.buffer.byteLength;
        const data = whole ? decoded : decoded.slice();
        return Comlink.transfer(data, [data.buffer as ArrayBuffer]);
      } catch (error) {
        // Classes and causes do not survive the way back: only name and message do.
        if (!isDecodeFailure(error)) throw error;
        throw Object.assign(new Error(fullMessage(error)), { name: 'DecodeFailure' });
      } finally {
        running.delete(requestId);
      }
    },
    abortDecode(requestId) {
      running.get(requestId)?.abort();
    },
    detachArray(id) {
      arrays.get(id)?.port.close();
      arrays.delete(id);
    },
    async encodeChunk(bytes) {
      const encoded = await encodeChunk(bytes);
      return Comlink.transfer(encoded, [encoded.buffer as ArrayBuffer]);
    },
    async decodeTiff(bytes, coding) {
      const decoded = await decodeBlock(bytes, coding);
      return Comlink.transfer(decoded, [decoded.buffer]);
    },
  };
}
