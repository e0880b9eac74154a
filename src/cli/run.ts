// `tilewise run`: a pipeline file over an image, results in a directory.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkInteger } from '../core/checks';
import { ArgumentError, NotFoundError } from '../core/errors';
import type { Progress } from '../exec/options';
import type { DeviceChoice } from '../exec/settings';
import type { LazyArray, Selection } from '../lazyArray';
import { type Pipeline, parsePipeline, runPipeline } from '../pipeline';
import { type Opened, open, parseSelection } from './location';
import { checkFree, type Placement, type TableFormat, writeOutput } from './outputs';

export interface RunOptions {
  readonly device: DeviceChoice;
  readonly level?: number;
  readonly select: readonly string[];
  readonly formats: readonly TableFormat[];
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Called with a line per output, and with remarks. */
  readonly say: (line: string) => void;
}

/** Runs the pipeline of a file on the image at `input` and writes its outputs into `directory`. */
export async function run(
  file: string,
  input: string,
  directory: string,
  options: RunOptions,
): Promise<void> {
  const { signal, device, onProgress, formats, overwrite, say } = options;
  const pipeline = parsePipeline(await readText(file));
  if (pipeline.inputs.length !== 1)
    throw new ArgumentError('inputs', pipeline.inputs, 'one input (the command line opens one image)');
  const selection = parseSelection(options.select);
  const opened = await open(input, signal);
  const { array, placements } = choose(opened, options.level, selection);
  const compute = { signal, device, onProgress };
  // Before any work; what an output turns out to be does not matter.
  const names = Object.keys(pipeline.outputs);
  checkFree(
    names.flatMap((name) =>
      ['zarr', 'json', ...formats].map((extension) => join(directory, `${name}.${extension}`)),
    ),
    overwrite,
  );
  for (const [axis, size] of array.shape.entries()) {
    const { type, name } = placements.get(array.dimensionNames[axis] ?? '') ?? {};
    if (type !== undefined && type !== 'space' && size > 1)
      say(`note: the pipeline runs over all ${size} of axis ${name}; --select ${name}=0 takes one`);
  }
  const results = await runPipeline(pipeline, { [pipeline.inputs[0]]: array }, compute);
  const outputs = { ...compute, overwrite, formats, placements, isLabelImage: labelImages(pipeline) };
  for (const [name, result] of Object.entries(results))
    say(await writeOutput(directory, name, result, outputs));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new NotFoundError(file, (cause as Error).message, { cause });
  }
}

/** The array to work on, and where its axes lie in space. */
function choose(
  opened: Opened,
  level: number | undefined,
  selection: Selection,
): { array: LazyArray; placements: ReadonlyMap<string, Placement> } {
  if ('array' in opened) {
    if (level !== undefined)
      throw new ArgumentError('--level', level, 'no level: the input is a single array');
    return { array: opened.array.select(selection), placements: new Map() };
  }
  const { image } = opened;
  const index = checkInteger('--level', level ?? 0, 0, image.levelCount - 1);
  const whole = image.level(index);
  const placements = new Map<string, Placement>();
  image.axes.forEach((axis, i) => {
    const selector = Object.entries(selection).find(([key]) => whole.axis(key) === i)?.[1];
    const [start, step] = Array.isArray(selector) ? [selector[0], selector[2] ?? 1] : [0, 1];
    const first = start < 0 ? start + whole.shape[i] : start;
    const size = image.scale(index)[i];
    placements.set(axis.name, {
      ...axis,
      scale: size * step,
      translation: image.translation(index)[i] + first * size,
    });
  });
  return { array: whole.select(selection), placements };
}

/** Which outputs are the labels of a `label` step. */
function labelImages({ steps, outputs }: Pipeline): (name: string) => boolean {
  return (name) => {
    const [, step, part] = /^@([^.]+)\.(\w+)$/.exec(outputs[name]) ?? [];
    return part === 'labels' && steps[step]?.call === 'label';
  };
}
