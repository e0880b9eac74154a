// The directories of a TIFF file, read one by one as they are asked for.
import type { GeoTIFF, ImageFileDirectory } from 'geotiff';
import { LRUCache } from 'lru-cache';
import { CodecError } from '../../core/errors';
import { blockReader } from '../blockReader';
import type { ByteSource } from '../byteSource';
import { untilAborted } from '../request';
import { loadGeotiff } from './geotiff';

const KEPT_DIRECTORIES = 512;

/** A list of pages that is longer than this is taken for a damaged file. */
const MOST_PAGES = 2 ** 20;

type GeoTiffSource = Parameters<typeof GeoTIFF.fromSource>[0];

/** One opened TIFF or BigTIFF file. Errors of the file's structure are plain errors of geotiff's. */
export class TiffFile {
  readonly #tiff: GeoTIFF;
  /** Where the page of each number begins, as far as known; the last one is 0 when all are. */
  readonly #offsets: number[];
  readonly #directories = new LRUCache<number, Promise<ImageFileDirectory>>({ max: KEPT_DIRECTORIES });

  private constructor(
    readonly file: ByteSource,
    tiff: GeoTIFF,
  ) {
    this.#tiff = tiff;
    this.#offsets = [tiff.firstIFDOffset];
    // geotiff reads arrays that it defers as little-endian.
    tiff.parser.eager = !tiff.littleEndian;
  }

  /** Reads the header. */
  static async open(file: ByteSource, signal?: AbortSignal): Promise<TiffFile> {
    const { GeoTIFF } = await loadGeotiff();
    return new TiffFile(file, await untilAborted(GeoTIFF.fromSource(blockSource(file)), signal));
  }

  get littleEndian(): boolean {
    return this.#tiff.littleEndian;
  }

  /** The directory at a byte of the file: a page's, or a reduced copy's. A failed read is forgotten. */
  directoryAt(offset: number, signal?: AbortSignal): Promise<ImageFileDirectory> {
    let directory = this.#directories.get(offset);
    if (!directory) {
      directory = this.#tiff.parser.parseFileDirectoryAt(offset);
      this.#directories.set(offset, directory);
      directory.catch(() => this.forget(offset));
    }
    return untilAborted(directory, signal);
  }

  /** Drops a directory, of which geotiff would keep parts that failed to be read. */
  forget(offset: number): void {
    this.#directories.delete(offset);
  }

  /** Where a page's directory is; undefined when there are not so many. Pages are a linked list. */
  async pageOffset(page: number, signal?: AbortSignal): Promise<number | undefined> {
    const offsets = this.#offsets;
    while (offsets.length <= page && offsets[offsets.length - 1] !== 0) {
      const known = offsets.length;
      const { nextIFDByteOffset: next } = await this.directoryAt(offsets[known - 1], signal);
      // Somebody else may have come further meanwhile.
      if (offsets.length > known) continue;
      if (known >= MOST_PAGES || offsets.includes(next))
        throw new CodecError(this.file.name, 'is damaged: its list of pages does not end');
      offsets.push(next);
    }
    return offsets[page] || undefined;
  }

  /** Offsets of all pages. */
  async pageOffsets(signal?: AbortSignal): Promise<number[]> {
    for (let page = 0; ; page++)
      if ((await this.pageOffset(page, signal)) === undefined) return this.#offsets.slice(0, page);
  }
}

/** What geotiff reads metadata from. It asks for more than it needs: where the file ends, it gets less. */
function blockSource(file: ByteSource): GeoTiffSource {
  const read = blockReader(file);
  const buffer = async (offset: number, length: number) => (await read(offset, length)).buffer;
  return {
    fileSize: null,
    fetch: (slices) => Promise.all(slices.map(({ offset, length }) => buffer(offset, length))),
    fetchSlice: async ({ offset, length }) => ({ offset, length, data: await buffer(offset, length) }),
    async close() {},
  };
}
