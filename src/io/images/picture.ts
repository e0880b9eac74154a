// A decoded frame, and which decoder a file needs.
import type { DType, TypedArray } from '../../core/dtype';

/** A decoded frame: (y, x), or (y, x, c) where there are several channels; npy: any shape. */
export interface Picture {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: TypedArray;
}

export type Format = 'png' | 'jpeg' | 'webp' | 'tiff' | 'npy';

const EXTENSIONS: Readonly<Record<string, Format>> = {
  png: 'png',
  jpg: 'jpeg',
  jpeg: 'jpeg',
  webp: 'webp',
  tif: 'tiff',
  tiff: 'tiff',
  npy: 'npy',
};

/** The format that a file's extension stands for. */
export const formatOf = (name: string): Format | undefined =>
  EXTENSIONS[/\.([^./\\]+)$/.exec(name.replace(/[?#].*$/, ''))?.[1].toLowerCase() ?? ''];

export const FORMATS = Object.keys(EXTENSIONS).join(', ');

/** Interleaved samples as a picture; one channel has no axis of its own. */
export const picture = (
  data: TypedArray,
  dtype: DType,
  height: number,
  width: number,
  channels: number,
): Picture => ({ data, dtype, shape: channels === 1 ? [height, width] : [height, width, channels] });
