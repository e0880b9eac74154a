// A Zarr hierarchy as one zip file, written as it comes.
import type { AbsolutePath, AsyncWritable } from 'zarrita';
import { ArgumentError, WriteError } from '../core/errors';

/** A writable store whose values go into a zip file, each once. */
export interface ZipStore extends AsyncWritable {
  /** Resolves when nothing is there: a zip is written, not read. */
  get(key: AbsolutePath): Promise<undefined>;
  /**
   * Appends a value. Resolves when the target took it, so that memory does not grow.
   * @throws WriteError for a key written before, and when the target fails or the store is closed
   */
  set(key: AbsolutePath, value: Uint8Array): Promise<void>;
  /** Writes the zip's directory and closes the target. @throws WriteError when the target fails */
  close(): Promise<void>;
}

interface Entry {
  readonly key: AbsolutePath;
  readonly value: Uint8Array;
  readonly taken: () => void;
}

const KEY = 'zip';

/**
 * A store that streams a zip file (entries stored, zip64 where it is needed) into `target`: a file picked by the user
 * (`handle.createWritable()`), an upload, a `TransformStream`. Give it to `writeZarr` or `writeOmeZarr`, then `close` it.
 * Written with `zarr.json` first, the file is an `.ozx` (OME-NGFF RFC 9).
 * @throws ArgumentError for what is no stream
 */
export function zipStore(target: WritableStream<Uint8Array>): ZipStore {
  if (typeof target?.getWriter !== 'function')
    throw new ArgumentError('target', target, 'a WritableStream of bytes');
  return new StreamedZip(target);
}

class StreamedZip implements ZipStore {
  readonly #seen = new Set<AbsolutePath>();
  readonly #queue: Entry[] = [];
  readonly #written: Promise<void>;
  #current: Entry | undefined;
  #wake = () => {};
  #closed = false;
  #failure: unknown;

  constructor(target: WritableStream<Uint8Array>) {
    this.#written = this.#write(target);
    this.#written.catch((error) => {
      this.#failure = error;
      this.#current?.taken();
      for (const { taken } of this.#queue.splice(0)) taken();
    });
  }

  async get(): Promise<undefined> {}

  async set(key: AbsolutePath, value: Uint8Array): Promise<void> {
    this.#check(key);
    if (this.#seen.has(key)) throw new WriteError(key, 'is in the zip already');
    this.#seen.add(key);
    await new Promise<void>((taken) => {
      this.#queue.push({ key, value, taken });
      this.#wake();
    });
    this.#check(key);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    try {
      await this.#written;
    } catch (cause) {
      throw new WriteError(KEY, (cause as Error).message, { cause });
    }
  }

  #check(key: string): void {
    const cause = this.#failure;
    if (cause) throw new WriteError(key, (cause as Error).message, { cause });
    if (this.#closed && this.#queue.length === 0) throw new WriteError(key, 'the zip is closed');
  }

  async #write(target: WritableStream<Uint8Array>): Promise<void> {
    const { makeZip } = await import('client-zip');
    await makeZip(this.#entries()).pipeTo(target);
  }

  /** An entry is taken when the next one is asked for: the target has it then. */
  async *#entries() {
    while (true) {
      const entry = this.#queue.shift();
      this.#current = entry;
      if (entry) {
        yield { name: entry.key.slice(1), input: entry.value, size: entry.value.length };
        entry.taken();
      } else if (this.#closed) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
