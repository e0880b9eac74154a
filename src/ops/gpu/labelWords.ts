// A word for each label of a block, gathered over its pixels.
import { DeviceError } from '../../core/errors';
import type { GpuBufferRef, GpuContext, GpuPartial } from '../../core/op';

/** What a pixel does to its label's word, which starts at 0: WGSL, the word being `entry` and its source `value`. */
const CONTRIBUTIONS = {
  count: 'atomicAdd(entry, 1u);',
  value: 'atomicStore(entry, value);',
  mark: 'atomicStore(entry, 1u);',
} as const;

export interface LabelWords {
  readonly contribution: keyof typeof CONTRIBUTIONS;
  /** Parts of a block: u32 labels from 1, 0 skipped; and what `value` reads. */
  readonly parts: readonly { labels: GpuBufferRef; values?: GpuBufferRef; pixels: number }[];
  /** Labels there is room for; when there are more, decoding throws a {@link DeviceError}. */
  readonly capacity: number;
}

/** The words of labels 1..n, n being the largest label seen. One dispatch a part. */
export function labelWordsGpu(
  context: GpuContext,
  { contribution, parts, capacity }: LabelWords,
): GpuPartial<Uint32Array> {
  // The largest label stands in front.
  const table = context.scratch(4 * (capacity + 1));
  for (const { labels, values, pixels } of parts)
    context.dispatch({
      shader: 'labelWords',
      header: `fn contribute(entry: ptr<storage, atomic<u32>, read_write>, value: u32) { ${CONTRIBUTIONS[contribution]} }`,
      uniforms: [pixels, capacity],
      // Without values the binding is there all the same, and what it reads is not used.
      bindings: [labels, values ?? labels, table],
      invocations: pixels,
    });
  return {
    buffers: [table],
    decode([data]) {
      const [largest] = new Uint32Array(data, 0, 1);
      if (largest > capacity)
        throw new DeviceError(`labels: a tile has ${largest} labels, there was room for ${capacity}`);
      return new Uint32Array(data, 4, largest).slice();
    },
  };
}
