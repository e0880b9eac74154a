// Pixels of one page or level, by the blocks under them.
import { allocate, entriesPerElement, type TypedArray } from '../../core/dtype';
import { elementCount, type Interval } from '../../core/region';
import { chunkDecoder } from '../decode';
import { untilAborted } from '../request';
import { decodeBlock, isCompressed } from './decodeBlock';
import type { TiffLayout } from './layout';
import { blockSamples } from './samples';

/** The order of an image's axes: samples side by side (y, x, c), or apart (c, y, x). */
export type SampleOrder = 'interleaved' | 'planar';

/**
 * Rows and columns of a page, all samples of each pixel. Only the blocks under them are fetched, and decoded in workers
 * where there are. Throws the file's errors, and plain errors for blocks that are damaged.
 */
export async function readPixels(
  layout: TiffLayout,
  [y, x]: readonly [Interval, Interval],
  order: SampleOrder,
  signal?: AbortSignal,
): Promise<TypedArray> {
  const { blockHeight, blockWidth, samples, dtype, planar } = layout;
  const shape = [y[1] - y[0], x[1] - x[0], samples];
  const target = allocate(dtype, elementCount(shape));
  const place = placer(target, layout, [y, x], order);
  const blocks: Block[] = [];
  for (let sample = 0; sample < (planar ? samples : 1); sample++)
    for (let row = Math.floor(y[0] / blockHeight); row * blockHeight < y[1]; row++)
      for (let column = Math.floor(x[0] / blockWidth); column * blockWidth < x[1]; column++)
        blocks.push({ row, column, sample });
  const stored = await locate(layout, blocks, signal);
  await Promise.all(
    groups(stored).map(async (group) => {
      const { start } = group[0];
      const last = group[group.length - 1];
      const bytes = await layout.tiff.file.read(start, last.start + last.length - start, { signal });
      await Promise.all(
        group.map(async (block) => {
          const at = block.start - start;
          if (bytes.length < at + block.length) throw new Error('is truncated: it ends within its pixels');
          const samplesOf = await decode(bytes.slice(at, at + block.length), layout, signal);
          place(blockSamples(samplesOf, layout, rowsOf(block, layout), planar ? 1 : samples), block);
        }),
      );
    }),
  );
  return target;
}

interface Block {
  readonly row: number;
  readonly column: number;
  readonly sample: number;
}

interface StoredBlock extends Block {
  readonly start: number;
  readonly length: number;
}

/** Where blocks are in the file. Empty ones, which sparse files leave out, are none. */
async function locate(
  layout: TiffLayout,
  blocks: readonly Block[],
  signal?: AbortSignal,
): Promise<StoredBlock[]> {
  const { tiff, offset, width, height, blockWidth, blockHeight, strips } = layout;
  const across = Math.ceil(width / blockWidth);
  const down = Math.ceil(height / blockHeight);
  const directory = await tiff.directoryAt(offset, signal);
  const value = async (tag: string, index: number) => Number(await directory.loadValueIndexed(tag, index));
  const find = async (block: Block) => {
    const index = (block.sample * down + block.row) * across + block.column;
    const start = await value(strips ? 'StripOffsets' : 'TileOffsets', index);
    const length = await value(strips ? 'StripByteCounts' : 'TileByteCounts', index);
    if (!Number.isFinite(start) || !Number.isFinite(length)) throw new Error(`it has no block ${index}`);
    return { ...block, start, length };
  };
  try {
    const found = await untilAborted(Promise.all(blocks.map(find)), signal);
    return found.filter(({ length }) => length > 0).sort((a, b) => a.start - b.start);
  } catch (error) {
    tiff.forget(offset);
    throw error;
  }
}

/** Bytes between two blocks that are read along rather than asked around, and bytes asked for at a time. */
const MOST_GAP = 1024;
const MOST_BYTES = 4 * 2 ** 20;

/** Blocks that lie together in the file are one request. */
function groups(blocks: readonly StoredBlock[]): StoredBlock[][] {
  const found: StoredBlock[][] = [];
  for (const block of blocks) {
    const group = found[found.length - 1];
    const last = group?.[group.length - 1];
    const end = block.start + block.length;
    if (last && block.start - last.start - last.length <= MOST_GAP && end - group[0].start <= MOST_BYTES)
      group.push(block);
    else found.push([block]);
  }
  return found;
}

/** Strips are cut at the lower edge; tiles are padded. */
const rowsOf = ({ row }: Block, { strips, blockHeight, height }: TiffLayout): number =>
  strips ? Math.min(blockHeight, height - row * blockHeight) : blockHeight;

async function decode(bytes: Uint8Array<ArrayBuffer>, { coding }: TiffLayout, signal?: AbortSignal) {
  const decoder = chunkDecoder();
  if (decoder?.decodeTiff && isCompressed(coding)) {
    try {
      return await decoder.decodeTiff(bytes, coding, { signal });
    } catch (error) {
      // Without workers the work still gets done.
      if ((error as Error | undefined)?.name !== 'WorkerError') throw error;
    }
  }
  return decodeBlock(bytes, coding);
}

/** Copies the part of a block that is wanted to its place in `target`. */
function placer(
  target: TypedArray,
  { blockHeight, blockWidth, samples, planar, dtype, height, width }: TiffLayout,
  [y, x]: readonly [Interval, Interval],
  order: SampleOrder,
) {
  const columns = x[1] - x[0];
  const plane = columns * (y[1] - y[0]);
  // Complex numbers are two entries each, which stay side by side.
  const entries = entriesPerElement(dtype);
  const perPixel = planar ? 1 : samples;
  const [pixelStep, sampleStep] = order === 'interleaved' ? [samples, 1] : [1, plane];
  return (block: TypedArray, { row, column, sample }: Block) => {
    const [from, to] = [block as Float64Array, target as Float64Array];
    const left = column * blockWidth;
    const top = row * blockHeight;
    const [firstX, lastX] = [Math.max(x[0], left), Math.min(x[1], left + blockWidth, width)];
    const lastY = Math.min(y[1], top + blockHeight, height);
    for (let line = Math.max(y[0], top); line < lastY; line++) {
      const start = ((line - top) * blockWidth + firstX - left) * perPixel * entries;
      const first = (line - y[0]) * columns + firstX - x[0];
      const count = lastX - firstX;
      if (pixelStep === perPixel) {
        const size = count * perPixel * entries;
        to.set(from.subarray(start, start + size), (first * pixelStep + sample * sampleStep) * entries);
        continue;
      }
      for (let s = 0; s < perPixel; s++)
        for (let i = 0; i < count; i++)
          for (let e = 0; e < entries; e++)
            to[((first + i) * pixelStep + (sample + s) * sampleStep) * entries + e] =
              from[start + (i * perPixel + s) * entries + e];
    }
  };
}
