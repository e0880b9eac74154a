// A Zarr hierarchy inside a zip file, read by ranges.
import type { AbsolutePath, AsyncReadable, GetOptions, RangeQuery } from 'zarrita';
import { CodecError, FormatError, isTilewiseError } from '../core/errors';
import { blockReader } from './blockReader';
import type { ByteSource } from './byteSource';
import { rangeBounds } from './ranges';

/** The directory, and headers of entries with small entries after them, are read in blocks of this size. */
const BLOCK = 2 ** 14;

const STORED = 0;
const DEFLATED = 8;
const LOCAL_HEADER = 30;

/** Metadata of Zarr at the root, or where a zip of a folder has it. */
const METADATA = /(^|\/)(zarr\.json|\.zgroup|\.zarray)$/;

interface ZipEntry {
  /** Of its local header. */
  readonly offset: number;
  readonly method: number;
  readonly size: number;
  readonly compressedSize: number;
}

/**
 * A store over a zip file (zip64 too; entries stored or deflated). Its directory is read by the first call, and again
 * should that have failed. The hierarchy's root is the shallowest folder with Zarr metadata. Reads throw FormatError for
 * what is no zip file, CodecError for a damaged entry, and the file's own errors, each naming the file.
 */
export function zipFileStore(file: ByteSource): Required<AsyncReadable> {
  const small = blockReader(file, BLOCK);
  let opening: Promise<Map<string, ZipEntry>> | undefined;
  const opened = () => {
    opening ??= readDirectory(file, small).catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  /** Bytes of an entry as they are in the file. */
  const stored = async (
    entry: ZipEntry,
    [start, stop]: [number, number],
    name: string,
    options?: GetOptions,
  ) => {
    const header = await small(entry.offset, LOCAL_HEADER);
    if (header.length < LOCAL_HEADER) throw new CodecError(name, 'is truncated');
    const fields = new DataView(header.buffer);
    // The names here may be longer than those in the directory.
    const data = entry.offset + LOCAL_HEADER + fields.getUint16(26, true) + fields.getUint16(28, true);
    const length = Math.max(0, stop - start);
    const bytes =
      length <= BLOCK / 2
        ? await small(data + start, length)
        : await file.read(data + start, length, options);
    if (bytes.length < length) throw new CodecError(name, 'is truncated');
    return bytes;
  };
  const read = async (key: AbsolutePath, range?: RangeQuery, options?: GetOptions) => {
    const entry = (await opened()).get(key.slice(1));
    if (!entry) return undefined;
    const name = `${file.name}${key}`;
    const bounds = range ? rangeBounds(range, entry.size) : ([0, entry.size] as [number, number]);
    if (entry.method === STORED) return stored(entry, bounds, name, options);
    if (entry.method !== DEFLATED)
      throw new CodecError(name, `zip compression ${entry.method} is not supported`);
    const compressed = await stored(entry, [0, entry.compressedSize], name, options);
    return (await inflate(compressed, name)).subarray(...bounds);
  };
  return {
    get: (key, options) => read(key, undefined, options),
    getRange: (key, range, options) => read(key, range, options),
  };
}

async function inflate(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw new CodecError(name, 'its compressed bytes are damaged', { cause });
  }
}

async function readDirectory(
  file: ByteSource,
  small: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<Map<string, ZipEntry>> {
  const { Reader, ZipReader } = await import('@zip.js/zip.js/lib/zip-core-native.js');
  class FileReader extends Reader<ByteSource> {
    override async init() {
      this.size = await file.size();
      await super.init?.();
    }
    override readUint8Array(offset: number, length: number): Promise<Uint8Array> {
      return length > BLOCK
        ? file.read(offset, length)
        : length > 0
          ? small(offset, length)
          : Promise.resolve(new Uint8Array());
    }
  }
  let entries: Map<string, ZipEntry>;
  try {
    const found = await new ZipReader(new FileReader(file)).getEntries();
    entries = new Map(
      found.map(({ filename, offset, compressionMethod, uncompressedSize, compressedSize }) => [
        filename,
        { offset, method: compressionMethod, size: uncompressedSize, compressedSize },
      ]),
    );
  } catch (cause) {
    if (isTilewiseError(cause)) throw cause;
    throw new FormatError(file.name, `is no zip file: ${(cause as Error).message}`, { cause });
  }
  return withoutPrefix(entries);
}

function withoutPrefix(entries: Map<string, ZipEntry>): Map<string, ZipEntry> {
  const depth = (path: string) => path.split('/').length;
  const roots = [...entries.keys()].filter((path) => METADATA.test(path));
  if (roots.length === 0) return entries;
  const shallowest = roots.reduce((a, b) => (depth(b) < depth(a) ? b : a));
  const prefix = shallowest.slice(0, shallowest.lastIndexOf('/') + 1);
  return new Map(
    [...entries].flatMap(([path, entry]) =>
      path.startsWith(prefix) ? [[path.slice(prefix.length), entry] as const] : [],
    ),
  );
}
