// One tile on its way to a worker and back: which memory travels, and when it may be used again.
import * as Comlink from 'comlink';
import type { TileResult } from '../../core/program';
import { copyRegion, type PlacedArray, regionSize } from '../../core/region';
import type { TileOptions } from '../executor';
import type { RecycledMemory } from '../staging';
import type { WorkerHandle } from './handle';
import { buffersOf, type TileRequest } from './service';

/** Runs a tile on a worker, which reads and writes shared memory in place; from and to other memory it is copied. */
export async function runOn(
  worker: WorkerHandle,
  memory: RecycledMemory,
  { program, inputs }: TileRequest,
  { signal, targets = [] }: TileOptions,
): Promise<TileResult> {
  const written = targets.map((target, i) => {
    if (memory.shared && isShared(target)) return target;
    return { data: memory.take(program.outputs[i].dtype, regionSize(program.tile)), region: program.tile };
  });
  const aborted = memory.shared && signal ? abortFlag(signal) : undefined;
  const request: TileRequest = { program, inputs, targets: written, aborted };
  const done = noteWriting(written, signal);
  const call = worker.remote.run(Comlink.transfer(request, buffersOf([inputs, written])));
  const { outputs, partials, returned } = await worker.orLost(call).finally(done);
  const filled = memory.shared ? written : returned.slice(inputs.length);
  targets.forEach((target, i) => {
    // What was aborted has told its caller so: the target is no longer ours.
    if (target !== filled[i] && !signal?.aborted)
      copyRegion(filled[i].data, filled[i].region, target.data, target.region);
  });
  memory.give((memory.shared ? [...inputs, ...written] : returned).map(({ data }) => data.buffer));
  return { outputs, partials };
}

const abortFlags = new WeakMap<AbortSignal, Int32Array>();

/** Shared memory that becomes 1 with the signal: a tile that waits in a worker then is not begun. */
function abortFlag(signal: AbortSignal): Int32Array {
  const known = abortFlags.get(signal);
  if (known) return known;
  const flag = new Int32Array(new SharedArrayBuffer(4));
  signal.addEventListener('abort', () => Atomics.store(flag, 0, 1), { once: true });
  abortFlags.set(signal, flag);
  return flag;
}

const isShared = ({ data }: PlacedArray): boolean => !(data.buffer instanceof ArrayBuffer);

/** Tiles of aborted calls that workers still write, by the memory that they write to. */
const writers = new Map<ArrayBufferLike, Set<Promise<void>>>();

/** Resolves when no tile of a call that was aborted is written to these targets any more. */
export async function writersOf(targets: readonly PlacedArray[] = []): Promise<void> {
  await Promise.all(targets.flatMap(({ data }) => [...(writers.get(data.buffer) ?? [])]));
}

/** Makes later calls for this memory wait for a tile that is aborted; returns what to call when it is written. */
function noteWriting(targets: readonly PlacedArray[], signal: AbortSignal | undefined): () => void {
  const buffers = targets.filter(isShared).map(({ data }) => data.buffer);
  if (buffers.length === 0) return () => {};
  let finish = () => {};
  const written = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const note = () => {
    for (const buffer of buffers) writers.set(buffer, (writers.get(buffer) ?? new Set()).add(written));
  };
  signal?.addEventListener('abort', note, { once: true });
  return () => {
    signal?.removeEventListener('abort', note);
    for (const buffer of buffers) {
      const left = writers.get(buffer);
      left?.delete(written);
      if (left?.size === 0) writers.delete(buffer);
    }
    finish();
  };
}
