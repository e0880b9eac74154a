// An array that is computed whole on the first read and kept: what lies between passes along different axes.
import { allocate, type DType, itemSize, type TypedArray } from '../core/dtype';
import { SourceError } from '../core/errors';
import { createNode, type GraphNode } from '../core/graph';
import {
  chunkRegion,
  copyRegion,
  elementCount,
  type PlacedArray,
  type Region,
  regionSize,
  type Shape,
  wholeRegion,
} from '../core/region';
import type { InPlaceMemory, ReadOptions, Source } from '../core/source';
import { SharedRequests } from '../io/request';
import { checkChunkIndex } from '../io/zarrSource';
import { computeRegion } from './compute';
import { sharedMemory } from './settings';
import { RecycledMemory } from './staging';

/** Name in the graph of a kept array: a leaf to the planner, whose input is what is kept. */
export const KEPT = 'kept';

/**
 * The array of `node`, computed whole when any of it is read first. It takes its size in memory from then on, until all of
 * an array has been computed from it.
 */
export const keptNode = (node: GraphNode): GraphNode => ({
  ...createNode(KEPT, node, {}, [node]),
  source: new KeptSource(node),
});

interface Kept extends PlacedArray {
  /** What the call that computed it asked for. */
  readonly device: ReadOptions['device'];
}

/** New memory costs about as much as a pass that fills it: that of arrays which have served is used again. */
const memory = new RecycledMemory(true, 1 / 3);

/** In shared memory, where there is such: then workers write and read it themselves. */
class KeptSource implements Source {
  readonly key: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly chunks: Shape;
  readonly dimensionNames: readonly (string | null)[];
  readonly #node: GraphNode;
  readonly #passes = new SharedRequests();
  #kept: Kept | undefined;
  #holders = 0;
  #served = false;

  constructor(node: GraphNode) {
    this.key = `${KEPT}-${node.key}`;
    this.shape = node.shape;
    this.dtype = node.dtype;
    this.chunks = node.chunks;
    this.dimensionNames = node.dimensionNames;
    this.#node = node;
  }

  async readChunk(index: readonly number[], options: ReadOptions = {}): Promise<TypedArray> {
    checkChunkIndex(index, this);
    const region = chunkRegion(index, this.shape, this.chunks);
    const chunk = allocate(this.dtype, regionSize(region));
    await this.copyInto(region, chunk, options);
    return chunk;
  }

  async copyInto(region: Region, target: TypedArray, options: ReadOptions = {}): Promise<void> {
    const kept = await this.#ready(options);
    copyRegion(kept.data, kept.region, target, region);
  }

  async inPlace(_region: Region, memory: InPlaceMemory, options: ReadOptions = {}) {
    const { data, region } = await this.#ready(options);
    return memory.shared && data.buffer instanceof ArrayBuffer ? undefined : { data, region };
  }

  hold(): () => void {
    this.#holders++;
    return () => {
      this.#holders--;
      this.#letGo();
    };
  }

  done(): void {
    this.#served = true;
    this.#letGo();
  }

  #letGo(): void {
    if (!this.#served || this.#holders > 0 || !this.#kept) return;
    memory.give([this.#kept.data.buffer]);
    this.#kept = undefined;
  }

  async #ready(options: ReadOptions): Promise<Kept> {
    const { device, signal } = options;
    signal?.throwIfAborted();
    if (this.#kept?.device === device && this.#kept) return this.#kept;
    return this.#passes.run(
      device ?? '',
      async (shared) => {
        this.#kept = await this.#compute({ device, signal: shared });
        return this.#kept;
      },
      options,
    );
  }

  async #compute({ device, signal }: ReadOptions): Promise<Kept> {
    const region = wholeRegion(this.shape);
    const stage = this.#node.op;
    this.#served = false;
    const data = await computeRegion(this.#node, region, { device, signal, stage, out: this.#allocate() });
    return { data, region, device };
  }

  #allocate(): TypedArray {
    const length = elementCount(this.shape);
    try {
      if (!sharedMemory()) return allocate(this.dtype, length);
      return memory.take(this.dtype, length);
    } catch (cause) {
      const bytes = length * itemSize(this.dtype);
      throw new SourceError(this.key, `${bytes} bytes to keep it in could not be allocated`, { cause });
    }
  }
}
