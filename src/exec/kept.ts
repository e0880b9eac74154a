// An array that is computed whole on the first read and kept: what lies between passes along different axes.
import { allocate, allocateShared, type DType, itemSize, type TypedArray } from '../core/dtype';
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

/** Name in the graph of a kept array: a leaf to the planner, whose input is what is kept. */
export const KEPT = 'kept';

/** The array of `node`, computed whole when any of it is read first. It takes its size in memory from then on. */
export const keptNode = (node: GraphNode): GraphNode => ({
  ...createNode(KEPT, node, {}, [node]),
  source: new KeptSource(node),
});

interface Kept extends PlacedArray {
  /** What the call that computed it asked for. */
  readonly device: ReadOptions['device'];
}

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
    const data = await computeRegion(this.#node, region, { device, signal, stage, out: this.#allocate() });
    return { data, region, device };
  }

  #allocate(): TypedArray {
    const length = elementCount(this.shape);
    try {
      return sharedMemory() ? allocateShared(this.dtype, length) : allocate(this.dtype, length);
    } catch (cause) {
      const bytes = length * itemSize(this.dtype);
      throw new SourceError(this.key, `${bytes} bytes to keep it in could not be allocated`, { cause });
    }
  }
}
