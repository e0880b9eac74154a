// `tilewise info`: what is at a location, without reading a pixel.
import type { LazyArray } from '../lazyArray';
import type { MultiscaleImage } from '../multiscaleImage';
import { OmeZarrImage } from '../omeZarr';
import { open } from './location';

const describeArray = ({ shape, dtype, chunks, dimensionNames }: LazyArray) => ({
  shape,
  dtype,
  chunks,
  dimensionNames,
});

function describeImage(image: MultiscaleImage) {
  const levels = Array.from({ length: image.levelCount }, (_, i) => ({
    ...describeArray(image.level(i)),
    scale: image.scale(i),
    translation: image.translation(i),
  }));
  const { name = null, axes, channels } = image;
  if (!(image instanceof OmeZarrImage)) return { format: 'TIFF', name, axes, channels, labels: [], levels };
  const { version, labelNames: labels } = image;
  return { format: 'OME-Zarr', name, version, axes, channels, labels, levels };
}

/** The description of a location, for people or (`json`) for programs. */
export async function info(
  location: string,
  options: { json?: boolean; signal?: AbortSignal },
): Promise<string> {
  const opened = await open(location, options.signal);
  const description =
    'image' in opened
      ? describeImage(opened.image)
      : { format: opened.format, ...describeArray(opened.array) };
  if (options.json) return JSON.stringify(description, null, 2);
  const lines = [`location  ${location}`];
  if ('levels' in description) {
    const { format, name, axes, channels, labels, levels } = description;
    const version = 'version' in description ? ` ${description.version}` : '';
    lines.push(
      `format    ${format}${version}${name ? ` "${name}"` : ''}`,
      `axes      ${axes.map((axis) => [axis.name, axis.type, axis.unit].filter(Boolean).join(' ')).join(', ')}`,
      `channels  ${channels.map(({ label, color }) => `${label} #${color}`).join(', ') || 'not described'}`,
      `labels    ${labels.join(', ') || 'none'}`,
      '',
      ...table(
        ['level', 'shape', 'chunks', 'dtype', 'scale'],
        levels.map(({ shape, chunks, dtype, scale }, i) => [
          `${i}`,
          times(shape),
          times(chunks),
          dtype,
          times(scale),
        ]),
      ),
    );
  } else {
    const { shape, chunks, dtype, dimensionNames } = description;
    lines.push(
      `format    ${description.format}`,
      `shape     ${times(shape) || 'scalar'}`,
      `chunks    ${times(chunks)}`,
      `dtype     ${dtype}`,
      `axes      ${dimensionNames.map((axis, i) => axis ?? i).join(', ')}`,
    );
  }
  return lines.join('\n');
}

/** `4096 x 4096`. */
export const times = (values: readonly number[]): string => values.join(' x ');

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}
