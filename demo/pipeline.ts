// The pipeline as lazy arrays: nothing here reads a pixel but the two functions that say so.
import {
  binaryOpening,
  type ComputeOptions,
  gaussianFilter,
  type LazyArray,
  label,
  openOmeZarr,
  type Progress,
  type RegionTable,
  regionTable,
  thresholdOtsu,
  writeOmeZarr,
} from 'tilewise';
import type { Image, Plane } from './image';
import { propertiesOf } from './measurements';

export interface PipelineSettings {
  readonly channel: number;
  /** Standard deviation of the smoothing, full-resolution pixels. */
  readonly sigma: number;
  /** `auto`: Otsu's. */
  readonly threshold: number | 'auto';
  /** Opening radius, full-resolution pixels. */
  readonly opening: number;
  /** Objects below this many pixels are not shown, counted or exported. */
  readonly minimumSize: number;
}

/** Where the pipeline looks. */
export interface Input {
  readonly image: Image;
  readonly plane: Plane;
}

/** The smoothed channel at a level; lengths are scaled to its pixels. */
export function smoothed(
  { image, plane }: Input,
  { channel, sigma }: PipelineSettings,
  level: number,
): LazyArray {
  return gaussianFilter(image.plane(level, channel, plane), sigma / image.levels[level].scale);
}

/** The foreground at a level. */
export function mask(input: Input, settings: PipelineSettings, level: number, threshold: number): LazyArray {
  const foreground = smoothed(input, settings, level).gt(threshold);
  const iterations = Math.round(settings.opening / input.image.levels[level].scale);
  return iterations > 0 ? binaryOpening(foreground, { iterations }) : foreground;
}

/** Pixels that an estimate looks at, at most. */
const ESTIMATE_PIXELS = 512 ** 2;

/** Otsu's threshold as found on the finest level that is quickly read: for previews. Computes. */
export function estimateThreshold(
  input: Input,
  settings: PipelineSettings,
  options: ComputeOptions,
): Promise<number> {
  const { levels } = input.image;
  const level = levels.findIndex(({ width, height }) => width * height <= ESTIMATE_PIXELS);
  return thresholdOtsu(smoothed(input, settings, level < 0 ? levels.length - 1 : level), options);
}

export interface RunResult {
  /** Label pyramid, compressed in memory; full resolution first. */
  readonly labels: readonly LazyArray[];
  readonly table: RegionTable;
  readonly threshold: number;
  readonly settings: PipelineSettings;
  readonly seconds: number;
}

/** Shares of the passes in the progress of a run, as they take on the sample. */
const PASSES = [
  { name: 'Threshold', share: 0.28 },
  { name: 'Label', share: 0.3 },
  { name: 'Write labels', share: 0.3 },
  { name: 'Measure', share: 0.12 },
] as const;

/** The whole plane at full resolution: objects, their measurements, and a label image for display. Computes. */
export async function runPipeline(
  input: Input,
  settings: PipelineSettings,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (stage: string, fraction: number) => void },
): Promise<RunResult> {
  const start = performance.now();
  const { image, plane } = input;
  let before = 0;
  const pass = (index: number): ComputeOptions => {
    const { name, share } = PASSES[index];
    const from = before;
    before += share;
    onProgress(name, from);
    return {
      signal,
      onProgress: ({ done, total }: Progress) => onProgress(name, from + (share * done) / Math.max(1, total)),
    };
  };
  const otsu = pass(0);
  const threshold =
    settings.threshold === 'auto'
      ? await thresholdOtsu(smoothed(input, settings, 0), otsu)
      : settings.threshold;
  const { labels, count } = label(mask(input, settings, 0, threshold));
  await count.item(pass(1));
  const store = new Map<string, Uint8Array>();
  await writeOmeZarr(labels, store, { ...pass(2), ...labelMetadata(image) });
  const pyramid = await openOmeZarr(store, { signal });
  // The labels as written: nothing is smoothed and labelled again for shapes, which need to know whole objects.
  const table = await regionTable(image.plane(0, settings.channel, plane), {
    labelImage: pyramid.level(0),
    properties: propertiesOf(image),
    pixelSize: image.pixelSize.unit ? pyramid.pixelSize(0) : undefined,
    ...pass(3),
  });
  return {
    labels: Array.from({ length: pyramid.levelCount }, (_, level) => pyramid.level(level)),
    table,
    threshold,
    settings,
    seconds: (performance.now() - start) / 1000,
  };
}

/** What makes a written array a label image of `image`. */
export function labelMetadata({ name, pixelSize: { y, x, unit } }: Image) {
  return {
    name: `${name} objects`,
    axes: ['y', 'x'].map((axis) => ({ name: axis, type: 'space', ...(unit ? { unit } : {}) })),
    scale: [y, x],
    imageLabel: { version: '0.5' },
  };
}
