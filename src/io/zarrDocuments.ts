// The metadata documents of Zarr arrays and OME-Zarr groups, as plain data.
import { type DType, isComplex, type Scalar } from '../core/dtype';
import { ArgumentError } from '../core/errors';
import type { Shape } from '../core/region';
import type { Json } from './metadata';
import type { OmeAxis, OmeChannel } from './omeZarr';

/** What an array's `zarr.json` says. */
export interface ArrayDescription {
  readonly shape: Shape;
  readonly chunks: Shape;
  readonly dtype: DType;
  readonly codecs: readonly Json[];
  /** Value of what is not there, and of the padding of edge chunks. */
  readonly fillValue: Scalar;
  readonly dimensionNames?: readonly (string | null)[];
  readonly attributes?: Json;
}

/** One resolution of an image to be described. */
export interface OmeDataset {
  /** Path of the array below the image's group. */
  readonly path: string;
  readonly scale: readonly number[];
  readonly translation: readonly number[];
}

/** What an OME-Zarr group says of its image. */
export interface OmeDescription {
  readonly name?: string;
  readonly axes: readonly OmeAxis[];
  /** Full resolution first. */
  readonly datasets: readonly OmeDataset[];
  readonly omero?: { readonly channels: readonly OmeChannel[] };
  /** Makes it a label image: the value of `image-label` (colors, properties, source). */
  readonly imageLabel?: Json;
  /** Further attributes beside `ome`. */
  readonly attributes?: Json;
}

const VERSION = '0.5';

/** `zarr.json` of an array with a regular grid. */
export const arrayDocument = (array: ArrayDescription): Json => ({
  zarr_format: 3,
  node_type: 'array',
  shape: array.shape,
  data_type: array.dtype,
  chunk_grid: { name: 'regular', configuration: { chunk_shape: array.chunks } },
  chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
  codecs: array.codecs,
  fill_value: fillValueOf(array.dtype, array.fillValue),
  dimension_names: array.dimensionNames,
  attributes: array.attributes ?? {},
});

/** A fill value as JSON. */
export function fillValueOf(dtype: DType, value: Scalar): boolean | number | readonly number[] {
  if (isComplex(dtype)) return [Number(value), 0];
  return dtype === 'bool' ? Boolean(value) : Number(value);
}

/** `zarr.json` of a group. */
export const groupDocument = (attributes: Json): Json => ({
  zarr_format: 3,
  node_type: 'group',
  attributes,
});

/**
 * `zarr.json` of an image's group. The arrays it names carry `dimension_names` equal to the axes' names.
 * @throws ArgumentError where ranks differ
 */
export const omeGroupDocument = (image: OmeDescription): Json =>
  groupDocument({ ...image.attributes, ome: { version: VERSION, ...omeImage(image) } });

/**
 * What OME-Zarr says of an image, in whatever version.
 * @throws ArgumentError where ranks differ
 */
export function omeImage({ name, axes, datasets, omero, imageLabel }: OmeDescription): Json {
  for (const dataset of datasets) {
    for (const key of ['scale', 'translation'] as const) {
      if (dataset[key].length !== axes.length)
        throw new ArgumentError(`datasets.${key}`, dataset[key], `${axes.length} numbers, one per axis`);
    }
  }
  const multiscale = {
    ...(name === undefined ? {} : { name }),
    axes,
    datasets: datasets.map(({ path, scale, translation }) => ({
      path,
      coordinateTransformations: [
        { type: 'scale', scale },
        { type: 'translation', translation },
      ],
    })),
  };
  return {
    multiscales: [multiscale],
    ...(omero ? { omero } : {}),
    ...(imageLabel ? { 'image-label': imageLabel } : {}),
  };
}

/** `zarr.json` of the group `labels`, which lists an image's label images by name. */
export const labelsDocument = (names: readonly string[]): Json =>
  groupDocument({ ome: { version: VERSION, labels: names } });
