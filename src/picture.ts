// Arrays as pictures for the screen and for files: windowed, coloured, composited lazily.
import { isFloat, valueRange } from './core/dtype';
import { ArgumentError } from './core/errors';
import type { Interval } from './core/region';
import type { ComputeOptions } from './exec/options';
import { LazyArray } from './lazyArray';

/** How the values of one channel become light. */
export interface Display {
  /** Values shown as black and as full colour. Default: the dtype's range; float images need one. */
  readonly window?: readonly [start: number, end: number];
  /** Six hexadecimal digits, RGB. Default white. */
  readonly color?: string;
}

/** One channel of a composite. */
export interface Layer extends Display {
  /** A plane: y, x. */
  readonly image: LazyArray;
}

/** uint32, whose bytes in memory are a pixel's red, green, blue, alpha. */
type Packed = LazyArray;

const OPAQUE = 255 * 256 ** 3;

/** The sum of coloured channels, as displays add light. */
function composite(layers: readonly Layer[]): Packed {
  const [first] = layers;
  if (!first) throw new ArgumentError('layers', layers, 'at least one layer');
  for (const { image } of layers) {
    if (image.rank !== 2 || image.shape.join() !== first.image.shape.join())
      throw new ArgumentError('layers', image.shape, 'planes (y, x) of one shape');
  }
  const light = layers.map((layer) => ({ level: normalized(layer), rgb: colorOf(layer.color) }));
  const component = (i: number): LazyArray | undefined => {
    const parts = light.filter(({ rgb }) => rgb[i] > 0).map(({ level, rgb }) => level.multiply(rgb[i]));
    if (parts.length === 0) return undefined;
    const sum = parts.reduce((a, b) => a.add(b));
    // Halves round up; a cast to integers truncates.
    return sum
      .add(0.5)
      .clip(0, 255)
      .astype('uint32')
      .multiply(256 ** i);
  };
  const colors = [0, 1, 2].map(component).filter((part) => part !== undefined);
  if (colors.length === 0) return first.image.astype('uint32').multiply(0).add(OPAQUE);
  return colors.reduce((a, b) => a.add(b)).add(OPAQUE);
}

/** Values from 0 (start of the window) to 1 (its end). */
function normalized({ image, window = defaultWindow(image) }: Layer): LazyArray {
  const [start, end] = window;
  if (!(Number.isFinite(start) && Number.isFinite(end) && start < end))
    throw new ArgumentError('window', window, 'two finite numbers, start below end');
  return image
    .astype('float32')
    .subtract(start)
    .multiply(1 / (end - start))
    .clip(0, 1);
}

function defaultWindow({ dtype }: LazyArray): readonly [number, number] {
  if (isFloat(dtype)) throw new ArgumentError('window', undefined, `a window, for an image of ${dtype}`);
  return valueRange(dtype);
}

function colorOf(color = 'FFFFFF'): number[] {
  if (!/^#?[0-9a-f]{6}$/i.test(color)) throw new ArgumentError('color', color, 'six hexadecimal digits');
  const value = Number.parseInt(color.replace('#', ''), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Colours of uint8, as they are. */
function packed(image: LazyArray): Packed {
  const channels = image.shape[2];
  const parts = Array.from({ length: channels }, (_, i) =>
    image
      .slice(null, null, i)
      .astype('uint32')
      .multiply(256 ** i),
  );
  const sum = parts.reduce((a, b) => a.add(b));
  return channels === 4 ? sum : sum.add(OPAQUE);
}

/** Options of a picture. */
export interface PictureOptions extends ComputeOptions, Display {
  /** The part to show: rows and columns. Default: all. */
  readonly region?: { readonly y: Interval; readonly x: Interval };
}

/** RGBA bytes, row by row. */
export interface Pixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/**
 * A picture as RGBA bytes; computed where everything else is, so that a page stays responsive.
 * @param image a plane (y, x) of any real dtype; colours (y, x, c) of uint8, c being 3 or 4; or layers to be composited
 * @throws ArgumentError for other shapes, layers that differ in shape, a colour that is not RRGGBB, an empty window or
 * none for a float image; RegionError for a region outside the image; the errors of the computation
 */
export async function toPixels(
  image: LazyArray | readonly Layer[],
  options: PictureOptions = {},
): Promise<Pixels> {
  const picture = pictureOf(image, options);
  const [height, width] = picture.shape;
  const { y, x } = options.region ?? { y: [0, height], x: [0, width] };
  const { data, shape } = await picture.read([y, x], options);
  const bytes = new Uint8ClampedArray(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return { data: bytes, height: shape[0], width: shape[1] };
}

/** A picture as packed colours. @throws as {@link toPixels} */
export function pictureOf(image: LazyArray | readonly Layer[], { window, color }: Display): Packed {
  if (!(image instanceof LazyArray)) return composite(image);
  if (image.rank === 2) return composite([{ image, window, color }]);
  if (image.rank === 3 && image.dtype === 'uint8' && [3, 4].includes(image.shape[2])) return packed(image);
  throw new ArgumentError(
    'image',
    `${image.dtype} [${image.shape}]`,
    'a plane (y, x) or uint8 colours (y, x, 3 or 4)',
  );
}

/** A picture as ImageData, for a canvas; in browsers. @throws as {@link toPixels} */
export async function toImageData(
  image: LazyArray | readonly Layer[],
  options: PictureOptions = {},
): Promise<ImageData> {
  const { data, width, height } = await toPixels(image, options);
  return new ImageData(data, width, height);
}

/** A picture as ImageBitmap, ready to draw or to upload as a texture; in browsers. @throws as {@link toPixels} */
export async function toImageBitmap(
  image: LazyArray | readonly Layer[],
  options: PictureOptions = {},
): Promise<ImageBitmap> {
  return createImageBitmap(await toImageData(image, options));
}

/**
 * An array as the bytes of a PNG file, values as they are: a plane (y, x) of bool, uint8 or uint16, or (y, x, c) of
 * uint8 or uint16, c being 1 to 4. Held in memory whole.
 * @throws ArgumentError for other dtypes and shapes (`astype` first); the errors of the computation
 */
export async function toPng(image: LazyArray, options: ComputeOptions = {}): Promise<Uint8Array> {
  const { rank, shape, dtype } = image;
  const channels = rank === 3 ? shape[2] : 1;
  const fits = (rank === 2 || rank === 3) && channels <= 4 && ['bool', 'uint8', 'uint16'].includes(dtype);
  if (!fits)
    throw new ArgumentError(
      'image',
      `${dtype} [${shape}]`,
      'bool, uint8 or uint16 of (y, x) or (y, x, 1 to 4)',
    );
  const [height, width] = shape;
  const values = dtype === 'bool' ? image.astype('uint8').multiply(255) : image;
  const [{ encode }, { data }] = await Promise.all([import('fast-png'), values.compute(options)]);
  return encode({
    width,
    height,
    channels,
    depth: dtype === 'uint16' ? 16 : 8,
    data: data as Uint8Array | Uint16Array,
  });
}
