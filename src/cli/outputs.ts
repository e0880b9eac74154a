// Writes what a pipeline made: arrays as Zarr, tables as CSV and JSON, numbers as JSON.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { BatchTable } from '../batchTable';
import { WriteError } from '../core/errors';
import type { ComputeOptions } from '../exec/options';
import { NodeStore } from '../io/nodeStore';
import type { LazyArray } from '../lazyArray';
import type { OmeAxis } from '../omeZarr';
import type { PipelineResult } from '../pipeline';
import { RegionTable } from '../regionColumns';
import { writeOmeZarr, writeZarr } from '../write';
import { times } from './info';

export type TableFormat = 'csv' | 'json';

/** One axis of the input image, so that outputs keep units and pixel sizes. */
export interface Placement extends OmeAxis {
  readonly scale: number;
  readonly translation: number;
}

export interface OutputOptions extends ComputeOptions {
  readonly overwrite: boolean;
  readonly formats: readonly TableFormat[];
  /** Axes by name. */
  readonly placements: ReadonlyMap<string, Placement>;
  /** Whether an output holds object labels: its pyramid then takes nearest pixels. */
  readonly isLabelImage: (name: string) => boolean;
}

/** The files an output becomes. */
function outputFiles(
  directory: string,
  name: string,
  result: PipelineResult,
  formats: readonly TableFormat[],
): string[] {
  const extensions = result instanceof RegionTable ? formats : isNumber(result) ? ['json'] : ['zarr'];
  return extensions.map((extension) => resolve(directory, `${name}.${extension}`));
}

/** Fails before any work when outputs are in the way. @throws WriteError */
export function checkFree(files: readonly string[], overwrite: boolean): void {
  const taken = overwrite ? undefined : files.find((file) => existsSync(file));
  if (taken) throw new WriteError(taken, 'exists already (--overwrite replaces it)');
}

/** Writes a table over several images. */
export async function writeTable(
  directory: string,
  name: string,
  table: BatchTable,
  formats: readonly TableFormat[],
): Promise<string> {
  const files = formats.map((extension) => resolve(directory, `${name}.${extension}`));
  for (const file of files)
    await replace(file, (temporary) =>
      writeFile(temporary, file.endsWith('.csv') ? table.toCSV() : `${JSON.stringify(table)}\n`),
    );
  return `${name}: ${table.length} objects of ${table.images.length} images -> ${files.join(', ')}`;
}

/** Writes one output and says what it is. An output appears whole or not at all. */
export async function writeOutput(
  directory: string,
  name: string,
  result: PipelineResult,
  options: OutputOptions,
): Promise<string> {
  const files = outputFiles(directory, name, result, options.formats);
  for (const file of files)
    await replace(file, (temporary) => writeAs(temporary, file, name, result, options));
  const what =
    result instanceof RegionTable
      ? `${result.length} objects`
      : typeof result === 'number'
        ? `${result}`
        : `${result.dtype} ${times(result.shape) || 'number'}`;
  return `${name}: ${what} -> ${files.join(', ')}`;
}

async function writeAs(
  target: string,
  file: string,
  name: string,
  result: PipelineResult,
  options: OutputOptions,
): Promise<void> {
  if (result instanceof RegionTable)
    return writeFile(target, file.endsWith('.csv') ? result.toCSV() : `${JSON.stringify(result)}\n`);
  if (typeof result === 'number') return writeFile(target, `${JSON.stringify(result)}\n`);
  if (result.rank === 0) return writeFile(target, `${Number(await result.item(options))}\n`);
  const store = new NodeStore(target);
  const image = describeImage(result, options);
  if (!image) return writeZarr(result, store, options);
  const labels = options.isLabelImage(name) ? { imageLabel: { version: '0.5' } } : {};
  return writeOmeZarr(result, store, { ...options, ...image, ...labels, name });
}

/** Axes and pixel sizes for an OME-Zarr; undefined for arrays that OME-Zarr does not know. */
function describeImage({ rank, dimensionNames }: LazyArray, { placements }: OutputOptions) {
  if (rank < 2 || rank > 5) return undefined;
  const axes = dimensionNames.flatMap((name) => placements.get(name ?? '') ?? []);
  if (axes.length < rank) return {};
  return {
    axes: axes.map(({ name, type, unit }) => ({ name, type, unit })),
    scale: axes.map(({ scale }) => scale),
    translation: axes.map(({ translation }) => translation),
  };
}

async function replace(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.partial`);
  try {
    await mkdir(dirname(file), { recursive: true });
    await write(temporary);
    await rm(file, { recursive: true, force: true });
    await rename(temporary, file);
  } catch (cause) {
    // The file system's own errors have a code in words, and no name of ours.
    const { code, message } = cause as NodeJS.ErrnoException;
    throw typeof code === 'string' ? new WriteError(file, message, { cause }) : cause;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const isNumber = (result: PipelineResult): boolean =>
  typeof result === 'number' || (!(result instanceof RegionTable) && result.rank === 0);
