// Connected components on the GPU: bit-packed runs, union-find by smallest index, ranks by counting bits.
import type { GpuBufferRef, GpuContext } from '../../core/op';

export interface LabelBlock {
  /** One byte a pixel. */
  readonly input: GpuBufferRef;
  /** u32 a pixel: only neighbours of equal values connect. */
  readonly values?: GpuBufferRef;
  /** u32 a pixel, written: 1..n in raster order of first pixels, 0 for the background. */
  readonly labels: GpuBufferRef;
  /** Four axes, leading ones. */
  readonly shape: ArrayLike<number>;
  /** d0, d1, d2 and mask of dx for each earlier row that connects; see CpuKernels.labelBlock. */
  readonly rows: Int32Array;
  readonly rowConnected: boolean;
}

/** What labelling leaves behind until the step ends. */
export interface LabelCounts {
  /** The number of labels: word `countIndex` of `sums`. */
  readonly sums: GpuBufferRef;
  readonly countIndex: number;
}

const SCAN_BLOCK = 2048;

/** Labels a block as CpuKernels.labelBlock does. Seven dispatches; `labels` holds the union-find forest meanwhile. */
export function labelBlockGpu(
  context: GpuContext,
  { input, values, labels, ...block }: LabelBlock,
): LabelCounts {
  const shape = Array.from(block.shape);
  const width = shape[3];
  const rowWords = Math.ceil(width / 32);
  const lines = shape[0] * shape[1] * shape[2];
  const words = rowWords * lines;
  // Equal values are compared pixel by pixel: then every pixel is a run.
  const header = `const ROW_CONNECTED = ${block.rowConnected && !values};`;
  const bits = context.scratch(4 * words);
  const roots = context.scratch(4 * words);
  const uniforms = [width, rowWords, words];
  const perWord = { header, uniforms, invocations: words };
  context.dispatch({ ...perWord, shader: 'labelPack', bindings: [input, bits, labels] });
  const rows = context.constant(block.rows.length > 0 ? block.rows : new Int32Array(4));
  const count = block.rows.length / 4;
  if (values)
    context.dispatch({
      shader: 'labelUniteEqual',
      header: `const ROW_CONNECTED = ${block.rowConnected};`,
      uniforms: [...shape, rowWords, lines * width, count],
      bindings: [bits, rows, labels, values],
      invocations: lines * width,
    });
  else
    context.dispatch({
      ...perWord,
      shader: 'labelUnite',
      uniforms: [...shape, rowWords, words, count],
      bindings: [bits, rows, labels],
    });
  context.dispatch({ ...perWord, shader: 'labelFlatten', bindings: [bits, labels, roots] });
  const { ranks, sums, blocks } = rankBits(context, roots, words);
  context.dispatch({ ...perWord, shader: 'labelNumber', bindings: [bits, roots, ranks, sums, labels] });
  const pixels = lines * width;
  context.dispatch({
    shader: 'labelFill',
    header,
    uniforms: [...uniforms, pixels],
    bindings: [bits, labels],
    invocations: Math.ceil(pixels / 4),
  });
  return { sums, countIndex: blocks };
}

export interface BitRanks {
  /** Set bits before each word inside its block of 2048 words. */
  readonly ranks: GpuBufferRef;
  /** Set bits before each block, and all of them at `blocks`. */
  readonly sums: GpuBufferRef;
  readonly blocks: number;
}

/** Counts the set bits before every word. Two dispatches. */
export function rankBits(context: GpuContext, bits: GpuBufferRef, words: number): BitRanks {
  const blocks = Math.ceil(words / SCAN_BLOCK);
  const ranks = context.scratch(4 * words);
  const sums = context.scratch(4 * (blocks + 1));
  context.dispatch({
    shader: 'countBits',
    uniforms: [words, blocks],
    bindings: [bits, ranks, sums],
    invocations: blocks * 256,
    workgroupSize: 256,
  });
  context.dispatch({
    shader: 'scanBlocks',
    uniforms: [blocks],
    bindings: [sums],
    invocations: 256,
    workgroupSize: 256,
  });
  return { ranks, sums, blocks };
}

/** One bit a pixel, 32 to a word: whether it is the first of its label (labels at most `pixels`). */
export function labelFirstsGpu(context: GpuContext, labels: GpuBufferRef, pixels: number): GpuBufferRef {
  const firsts = context.scratch(4 * pixels);
  const words = Math.ceil(pixels / 32);
  const bits = context.scratch(4 * words);
  const uniforms = [pixels];
  context.dispatch({
    shader: 'labelFirsts',
    uniforms,
    bindings: [labels, firsts],
    invocations: Math.ceil(pixels / 4),
  });
  context.dispatch({
    shader: 'labelFirstBits',
    uniforms,
    bindings: [labels, firsts, bits],
    invocations: words,
  });
  return bits;
}

export interface Relabel {
  readonly source: GpuBufferRef;
  readonly target: GpuBufferRef;
  /** u32 new labels of 1, 2, … */
  readonly table: GpuBufferRef;
  /** Pixels. */
  readonly count: number;
}

/** target[i] = source[i] == 0 ? 0 : table[source[i] - 1], all u32. */
export function relabelGpu(context: GpuContext, { source, target, table, count }: Relabel): void {
  context.dispatch({
    shader: 'relabel',
    uniforms: [count],
    bindings: [source, table, target],
    invocations: Math.ceil(count / 4),
  });
}
