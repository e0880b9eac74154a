// The same analysis on many images.
import { type BatchTable, checkAlike, concatenateTables } from './batchTable';
import { checkInteger } from './core/checks';
import { ArgumentError } from './core/errors';
import type { ComputeOptions } from './exec/options';
import { LazyArray } from './lazyArray';
import { type Pipeline, type PipelineResult, parsePipeline, runPipeline } from './pipeline';
import { RegionTable } from './regionColumns';

/** One image of many: opened when its turn comes. */
export interface BatchSource {
  /** Names its rows in the table. */
  readonly name: string;
  /** Opens it: an array, or one for each input of the pipeline by name. */
  open(options: { readonly signal?: AbortSignal }): BatchInput | Promise<BatchInput>;
}

export type BatchInput = LazyArray | Readonly<Record<string, LazyArray>>;

/** What is done with each image: a pipeline file, or a function. */
export type BatchPipeline =
  | Pipeline
  | ((
      input: BatchInput,
      options: ComputeOptions,
    ) => Readonly<Record<string, PipelineResult>> | Promise<Readonly<Record<string, PipelineResult>>>);

/** What came of one image. */
export interface BatchResult {
  readonly name: string;
  /** Its place among the sources. */
  readonly index: number;
  /** Results by name; arrays are lazy. */
  readonly results: Readonly<Record<string, PipelineResult>>;
}

/** An image that failed. */
export interface BatchFailure {
  readonly name: string;
  readonly index: number;
  readonly error: unknown;
}

export interface ForEachImageOptions extends ComputeOptions {
  /** Images at a time. Each is computed on all workers already: more than 2 rarely helps. Default 2. */
  readonly concurrency?: number;
  /**
   * Takes the results of an image, in the order they are done: here lazy arrays are written. The image counts as done when
   * this resolves, and as failed when it rejects.
   */
  readonly onResult?: (result: BatchResult) => void | Promise<void>;
  readonly onFailure?: (failure: BatchFailure) => void;
}

/** What came of all images. */
export interface BatchSummary {
  /** Images that went well. */
  readonly done: number;
  /** Those that did not, in the order of the sources. */
  readonly failures: readonly BatchFailure[];
  /** The tables of all images as one, by the names of the results that are tables; in the order of the sources. */
  readonly tables: Readonly<Record<string, BatchTable>>;
}

/**
 * Runs the same analysis on many images, some at a time, opening each when its turn comes: memory holds those that run,
 * and the tables. An image that fails is reported and does not stop the others. Progress counts images (stage `images`),
 * of those known so far.
 * @param sources a list, or an iterable that is read as far as there is work
 * @throws ArgumentError for a pipeline that is none or needs several inputs where sources give one array; the signal's
 * reason when aborted; what the iterable throws
 */
export async function forEachImage(
  sources: Iterable<BatchSource> | AsyncIterable<BatchSource>,
  pipeline: BatchPipeline,
  options: ForEachImageOptions = {},
): Promise<BatchSummary> {
  const { signal, device, onProgress, onResult, onFailure } = options;
  const concurrency = checkInteger('concurrency', options.concurrency ?? 2, 1);
  const analyse = analysis(pipeline);
  const iterator = iterate(sources);
  const tables = new Map<string, Map<number, readonly [name: string, table: RegionTable]>>();
  const failures: BatchFailure[] = [];
  let begun = 0;
  let done = 0;
  const report = () =>
    onProgress?.({
      stage: 'images',
      done: done + failures.length,
      total: Array.isArray(sources) ? sources.length : begun,
    });

  const one = async ({ name, open }: BatchSource, index: number): Promise<void> => {
    const compute = { signal, device };
    const results = await analyse(await open({ signal }), compute);
    signal?.throwIfAborted();
    const found = Object.entries(results).filter(
      (entry): entry is [string, RegionTable] => entry[1] instanceof RegionTable,
    );
    for (const [key, table] of found) {
      const [like] = tables.get(key)?.values() ?? [];
      if (like) checkAlike(name, table, like[1]);
    }
    await onResult?.({ name, index, results });
    for (const [key, table] of found) {
      const rows = tables.get(key) ?? new Map();
      tables.set(key, rows.set(index, [name, table]));
    }
  };
  let failed = false;
  const lane = async (): Promise<void> => {
    while (!failed) {
      signal?.throwIfAborted();
      const next = await iterator.next();
      if (next.done) return;
      const index = begun++;
      const source = checkSource(next.value, index);
      report();
      try {
        await one(source, index);
        done++;
      } catch (error) {
        signal?.throwIfAborted();
        const failure = { name: source.name, index, error };
        failures.push(failure);
        onFailure?.(failure);
      }
      report();
    }
  };
  const lanes = Array.from({ length: concurrency }, () =>
    lane().catch((error) => {
      failed = true;
      throw error;
    }),
  );
  try {
    await Promise.all(lanes);
  } finally {
    await Promise.allSettled(lanes);
    await iterator.return?.();
  }
  const inOrder = [...tables].map(([key, rows]) => {
    const sorted = [...rows].sort(([a], [b]) => a - b).map(([, row]) => row);
    return [key, concatenateTables(sorted)] as const;
  });
  failures.sort((a, b) => a.index - b.index);
  return { done, failures, tables: Object.fromEntries(inOrder) };
}

type Analyse = (
  input: BatchInput,
  options: ComputeOptions,
) => Promise<Readonly<Record<string, PipelineResult>>>;

function analysis(pipeline: BatchPipeline): Analyse {
  if (typeof pipeline === 'function') return async (input, options) => pipeline(input, options);
  const parsed = parsePipeline(pipeline);
  return (input, options) => {
    if (!(input instanceof LazyArray)) return runPipeline(parsed, input, options);
    if (parsed.inputs.length !== 1)
      throw new ArgumentError('sources', 'one array', `arrays for ${parsed.inputs.join(', ')}, by name`);
    return runPipeline(parsed, { [parsed.inputs[0]]: input }, options);
  };
}

function checkSource(source: BatchSource, index: number): BatchSource {
  if (typeof source?.name === 'string' && typeof source.open === 'function')
    return { name: source.name, open: (options) => source.open(options) };
  throw new ArgumentError(`sources[${index}]`, source, 'an object with a name and a function open');
}

function iterate<T>(values: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> | Iterator<T> {
  if (typeof values === 'object' && values !== null) {
    if (Symbol.asyncIterator in values) return values[Symbol.asyncIterator]();
    if (Symbol.iterator in values) return values[Symbol.iterator]();
  }
  throw new ArgumentError('sources', values, 'a list, an iterable or an asynchronous iterable');
}
