// Reads blocks of sources: in place where an executor can, else assembled from chunks.
import { allocate, type TypedArray } from '../core/dtype';
import { chunkRegion, chunksIn, copyRegion, type PlacedArray, type Region, regionSize } from '../core/region';
import type { ReadOptions, Source } from '../core/source';
import { untilAborted } from '../io/request';
import type { Staging } from './staging';

/** The data of `region`, in memory of its own: the caller may keep or transfer it. */
export async function readBlock(
  source: Source,
  region: Region,
  options: ReadOptions = {},
): Promise<TypedArray> {
  const target = allocate(source.dtype, regionSize(region));
  await fillBlock(source, region, target, options);
  return target;
}

/** An array that holds `region`, where the executor of `staging` can read it. */
export async function stageBlock(
  source: Source,
  region: Region,
  staging: Staging,
  options: ReadOptions = {},
): Promise<PlacedArray> {
  const known = await staging.inPlace(source, region, options);
  if (known) return known;
  const data = staging.take(source.dtype, regionSize(region));
  await fillBlock(source, region, data, options);
  return { data, region };
}

async function fillBlock(
  source: Source,
  region: Region,
  target: TypedArray,
  { signal, device }: ReadOptions,
): Promise<void> {
  if (source.copyInto) {
    await source.copyInto(region, target, { signal, device });
    return;
  }
  const reads = Promise.all(
    [...chunksIn(region, source.chunks)].map(async (index) => {
      const data = await source.readChunk(index, { signal, device });
      copyRegion(data, chunkRegion(index, source.shape, source.chunks), target, region);
    }),
  );
  // A source of the application's may not listen to the signal.
  await untilAborted(reads, signal);
}
