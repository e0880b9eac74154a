// Errors of libraries, turned into ones that name the file.
import { CodecError, isTilewiseError } from '../core/errors';
import type { ByteSource } from './byteSource';

/** `work`; whatever a decoder throws in it becomes a CodecError that names the file. Aborts and typed errors pass. */
export async function readable<T>(
  file: ByteSource,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    signal?.throwIfAborted();
    if (isTilewiseError(cause) || (cause as Error)?.name === 'AbortError') throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new CodecError(file.name, `could not be decoded: ${message}`, { cause });
  }
}
