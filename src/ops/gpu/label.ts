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

/** A block's runs as a forest: parents point to earlier runs that touch; see shaders/lib/runs.wgsl. */
interface RunForest {
  readonly shape: readonly number[];
  readonly header: string;
  readonly rowWords: number;
  readonly words: number;
  /** A bit a pixel. */
  readonly bits: GpuBufferRef;
  readonly parents: GpuBufferRef;
}

/** Two dispatches. */
function runForest(context: GpuContext, block: Omit<LabelBlock, 'labels'>): RunForest {
  const { input, values, rowConnected } = block;
  const shape = Array.from(block.shape);
  const width = shape[3];
  const rowWords = Math.ceil(width / 32);
  const lines = shape[0] * shape[1] * shape[2];
  const words = rowWords * lines;
  // Equal values are compared pixel by pixel: then every pixel is a run.
  const hasRuns = rowConnected && !values;
  const header = `const ROW_CONNECTED = ${hasRuns};`;
  const bits = context.workspace(4 * words);
  const parents = context.workspace(4 * words * (hasRuns ? 16 : 32));
  context.dispatch({
    shader: 'labelPack',
    header,
    uniforms: [width, rowWords, words],
    bindings: [input, bits, parents],
    invocations: words,
  });
  const rows = context.constant(block.rows.length > 0 ? block.rows : new Int32Array(4));
  const count = block.rows.length / 4;
  if (values)
    context.dispatch({
      shader: 'labelUniteEqual',
      header: `const ROW_CONNECTED = ${rowConnected};`,
      uniforms: [...shape, rowWords, lines * width, count],
      bindings: [bits, rows, parents, values],
      invocations: lines * width,
    });
  else
    context.dispatch({
      shader: 'labelUnite',
      header,
      uniforms: [...shape, rowWords, words, count],
      bindings: [bits, rows, parents],
      invocations: words,
    });
  return { shape, header, rowWords, words, bits, parents };
}

/**
 * Labels a block as CpuKernels.labelBlock does. Seven dispatches. With `names`, u32 for labels 1, 2, …, these are written
 * instead of labels.
 */
export function labelBlockGpu(
  context: GpuContext,
  { labels, names, ...block }: LabelBlock & { readonly names?: GpuBufferRef },
): LabelCounts {
  const { shape, header, rowWords, words, bits, parents } = runForest(context, block);
  const width = shape[3];
  const roots = context.workspace(4 * words);
  const perWord = { uniforms: [width, rowWords, words], invocations: words };
  context.dispatch({ ...perWord, header, shader: 'labelFlatten', bindings: [bits, parents, roots] });
  const { ranks, sums, blocks } = rankBits(context, roots, words);
  context.dispatch({
    ...perWord,
    header: `${header}\n${names ? NAMED : 'fn finalLabel(label: u32) -> u32 { return label; }'}`,
    shader: 'labelNumber',
    bindings: [bits, roots, ranks, sums, parents, ...(names ? [names] : [])],
  });
  const pixels = shape[0] * shape[1] * shape[2] * width;
  context.dispatch({
    shader: 'labelFill',
    header,
    uniforms: [width, rowWords, words, pixels],
    bindings: [bits, parents, labels],
    invocations: Math.ceil(pixels / 4),
  });
  return { sums, countIndex: blocks };
}

const NAMED = `@group(0) @binding(6) var<storage, read> names: array<u32>;
fn finalLabel(label: u32) -> u32 { return names[label - 1u]; }`;

/** What labels of a block have to say to other blocks. */
export interface LabelEnds {
  /** One bit a pixel, rows of whole words: whether it is the first of its label. */
  readonly roots: GpuBufferRef;
  /** First and last plane of each of the last `rank` axes: 1 + the first pixel of each element's object, or 0. */
  readonly faces: GpuBufferRef;
}

/** The ends of labels that nobody else needs. Three dispatches. */
export function labelEndsGpu(
  context: GpuContext,
  block: Omit<LabelBlock, 'labels'>,
  rank: number,
): LabelEnds {
  const { shape, header, rowWords, words, bits, parents } = runForest(context, block);
  const pixels = shape.reduce((a, b) => a * b, 1);
  const axes = shape.slice(4 - rank);
  const elements = axes.reduce((sum, length) => sum + (2 * pixels) / length, 0);
  const roots = context.workspace(4 * words);
  const faces = context.workspace(4 * elements);
  context.dispatch({
    shader: 'labelRoots',
    header,
    uniforms: [...shape, rowWords, words, 4 - rank],
    bindings: [bits, parents, roots, faces],
    invocations: words + elements,
  });
  return { roots, faces };
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
  const ranks = context.workspace(4 * words);
  const sums = context.workspace(4 * (blocks + 1));
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
  const bits = context.workspace(4 * words);
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
