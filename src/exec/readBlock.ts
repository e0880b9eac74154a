// Assembles a block from a source's chunks.
import { allocate, itemSize, type TypedArray, view } from '../core/dtype';
import { chunkRegion, chunksIn, copyRegion, type Region, regionSize } from '../core/region';
import type { ReadOptions, Source } from '../core/source';
import { untilAborted } from '../io/request';

/** The data of `region`, in memory of its own (shared memory when asked for): the caller may keep or transfer it. */
export async function readBlock(
  source: Source,
  region: Region,
  options: ReadOptions & { readonly shared?: boolean } = {},
): Promise<TypedArray> {
  const { signal, device } = options;
  const length = regionSize(region);
  const target = options.shared
    ? view(source.dtype, new SharedArrayBuffer(length * itemSize(source.dtype)))
    : allocate(source.dtype, length);
  if (source.copyInto) {
    await source.copyInto(region, target, { signal, device });
    return target;
  }
  const reads = Promise.all(
    [...chunksIn(region, source.chunks)].map(async (index) => {
      const data = await source.readChunk(index, { signal, device });
      copyRegion(data, chunkRegion(index, source.shape, source.chunks), target, region);
    }),
  );
  // A source of the application's may not listen to the signal.
  await untilAborted(reads, signal);
  return target;
}
