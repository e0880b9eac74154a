// The image that `tilewise run` works on, and what its outputs keep of it.
import { checkInteger } from '../core/checks';
import { ArgumentError } from '../core/errors';
import type { Progress } from '../exec/options';
import type { DeviceChoice } from '../exec/settings';
import type { LazyArray, Selection } from '../lazyArray';
import type { Pipeline } from '../pipeline';
import { type Opened, open, parseSelection } from './location';
import type { OutputOptions, Placement, TableFormat } from './outputs';

export interface RunOptions {
  readonly device: DeviceChoice;
  readonly level?: number;
  readonly select: readonly string[];
  readonly formats: readonly TableFormat[];
  readonly overwrite: boolean;
  /** Images at a time, of several. */
  readonly concurrency?: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Called with a line per output, and with remarks. */
  readonly say: (line: string) => void;
}

/** An image as the pipeline takes it, and what its outputs keep of it. */
export interface Prepared {
  readonly inputs: Readonly<Record<string, LazyArray>>;
  readonly outputs: OutputOptions;
  readonly remarks: readonly string[];
}

/** Opens an image for a pipeline of one input. */
export async function prepare(pipeline: Pipeline, input: string, options: RunOptions): Promise<Prepared> {
  const { signal, device, onProgress, formats, overwrite } = options;
  const selection = parseSelection(options.select);
  const opened = await open(input, signal);
  const { array, placements } = choose(opened, options.level, selection);
  const remarks = array.shape.flatMap((size, axis) => {
    const { type, name } = placements.get(array.dimensionNames[axis] ?? '') ?? {};
    return type !== undefined && type !== 'space' && size > 1
      ? [`note: the pipeline runs over all ${size} of axis ${name}; --select ${name}=0 takes one`]
      : [];
  });
  const isLabelImage = labelImages(pipeline);
  return {
    inputs: { [pipeline.inputs[0]]: array },
    outputs: { signal, device, onProgress, overwrite, formats, placements, isLabelImage },
    remarks,
  };
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
