// Computed chunks as an async iterable with back-pressure.
import type { TypedArray } from '../core/dtype';
import type { GraphNode } from '../core/graph';
import { type Region, wholeRegion } from '../core/region';
import { walkTiles } from './compute';
import type { ComputeOptions } from './options';

export interface ComputedBlock {
  readonly region: Region;
  readonly data: TypedArray;
}

/** Chunks in the order they are done; a lane of the walk waits until its chunk is taken. */
export async function* blocksOf(
  node: GraphNode,
  options: ComputeOptions,
): AsyncGenerator<ComputedBlock, void, undefined> {
  const controller = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, controller.signal]) : controller.signal;
  const ready: { block: ComputedBlock; taken: () => void }[] = [];
  let wake = () => {};
  let finished = false;
  let failure: unknown;
  const walk = walkTiles(
    node,
    wholeRegion(node.shape),
    node.chunks,
    { ...options, signal },
    (region, data) => {
      return new Promise<void>((taken) => {
        ready.push({ block: { region, data }, taken });
        // A walk that stops must not wait for a consumer that left.
        signal.addEventListener('abort', () => taken(), { once: true });
        wake();
      });
    },
  ).then(
    () => {
      finished = true;
      wake();
    },
    (error) => {
      failure = error;
      finished = true;
      wake();
    },
  );
  try {
    while (true) {
      options.signal?.throwIfAborted();
      const next = ready.shift();
      if (next) {
        yield next.block;
        next.taken();
      } else if (finished) {
        if (failure !== undefined) throw failure;
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    controller.abort(new DOMException('the consumer left', 'AbortError'));
    await walk;
  }
}
