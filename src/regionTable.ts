// The table of measured objects, and what to measure for the properties asked for.
import { checkFinite, perAxis } from './core/checks';
import { ArgumentError } from './core/errors';
import type { GraphNode } from './core/graph';
import { resolveGlobals } from './exec/globals';
import { findMedians } from './exec/medians';
import type { ComputeOptions } from './exec/options';
import { arrayNode, type LazyArray } from './lazyArray';
import type { LabelRows, LabelTable } from './ops/ndmeasure/labelTable';
import { regionContoursNode } from './ops/ndmeasure/regionContours';
import { regionHullsNode } from './ops/ndmeasure/regionHulls';
import { regionMomentsNode } from './ops/ndmeasure/regionMoments';
import { RegionObject } from './ops/ndmeasure/regionObject';
import {
  isOfImages,
  type Measure,
  PROPERTIES,
  propertyOf,
  type RegionProperty,
} from './ops/ndmeasure/regionProperties';
import type { RegionRows } from './ops/ndmeasure/regionRows';
import { regionsNode } from './ops/ndmeasure/regions';
import { type RegionColumn, RegionTable } from './regionColumns';

/** Every property that {@link regionTable} knows. */
export const REGION_PROPERTIES = Object.keys(PROPERTIES) as readonly RegionProperty[];

/** Measured where nothing is asked for: one pass, on a GPU too. */
const DEFAULT_PROPERTIES: readonly RegionProperty[] = [
  'label',
  'area',
  'bbox',
  'centroid',
  'centroid_weighted',
  'intensity_sum',
  'intensity_mean',
  'intensity_min',
  'intensity_max',
  'intensity_std',
];

/** Size of a pixel: by dimension name, or by axis number for dimensions without one. */
export interface PixelSize {
  readonly scale: Readonly<Record<string, number>>;
  /** What the numbers are in; UDUNITS-2 name in OME-Zarr, e.g. `micrometer`. */
  readonly unit?: string;
}

export interface RegionTableOptions extends ComputeOptions {
  /** Integer array of the images' shape: 0 is the background, every other number an object. */
  readonly labelImage: LazyArray;
  /**
   * Columns wanted, by scikit-image's names. Default: label, area, bbox, centroid, and of an image centroid_weighted and
   * intensity_sum, _mean, _min, _max and _std.
   */
  readonly properties?: readonly RegionProperty[];
  /**
   * Size of a pixel: one length for all axes, one per axis, or `OmeZarrImage.pixelSize(level)`. Lengths, areas and
   * moments then come in its unit, as `RegionTable.units` says of each column; `bbox` stays in pixels. Default: pixels.
   */
  readonly pixelSize?: number | readonly number[] | PixelSize;
}

/**
 * Measures every object in one streaming pass over the labels (for labels from {@link label}, the pass that labels),
 * reading images only for properties of intensities; medians take passes of their own (see {@link median}).
 * `area_convex` and `solidity` are defined for 2 or 3 axes; in 3-D, objects within a plane have a convex volume of 0 and
 * an infinite solidity, as in scikit-image.
 * @param image intensities of the label image's shape. Of several images each has columns of its own, whose names end in
 * the image's number (`intensity_mean-0`); of none (`[]`) only shapes are measured
 * @throws ArgumentError for shapes that differ, labels that are not integer, an unknown property, one that is not
 * defined for the number of axes, or for pixels that are not as long as wide, a property of intensities without image
 * @see skimage.measure.regionprops_table
 */
export async function regionTable(
  image: LazyArray | readonly LazyArray[],
  options: RegionTableOptions,
): Promise<RegionTable> {
  const labels = arrayNode(options.labelImage, 'labelImage');
  const several = Array.isArray(image);
  const images = several
    ? image.map((one, i) => arrayNode(one, `image[${i}]`))
    : [arrayNode(image as LazyArray, 'image')];
  const rank = labels.shape.length;
  const { spacing, unit } = pixelSizeOf(options.pixelSize, labels);
  const names = checkProperties(
    options.properties ?? defaults(images.length > 0),
    rank,
    images.length,
    spacing,
  );
  const needs = new Set<Measure>(names.map((name) => propertyOf(name).needs));
  const results = await measure(labels, images, needs, options);
  const object = new RegionObject({ ...results, shape: labels.shape, spacing });
  const columns: ColumnWriter[] = [];
  const units: Record<string, string> = {};
  for (const name of names) {
    const property = propertyOf(name);
    const suffixes = !isOfImages(property) ? [''] : several ? images.map((_, i) => `-${i}`) : [''];
    property.columns(rank).forEach((part, column) => {
      const power = property.unit?.(column, rank);
      for (const suffix of suffixes)
        if (name === 'bbox') units[name + part] = PIXEL;
        else if (power) units[name + part + suffix] = power === 1 ? unit : `${unit}^${power}`;
    });
    columns.push({
      property,
      names: suffixes.map((suffix) => property.columns(rank).map((p) => name + p + suffix)),
    });
  }
  return fill(object, results.rows[0], columns, units);
}

const PIXEL = 'pixel';

const defaults = (hasImage: boolean): readonly RegionProperty[] =>
  hasImage ? DEFAULT_PROPERTIES : DEFAULT_PROPERTIES.filter((name) => !isOfImages(propertyOf(name)));

function checkProperties(
  names: readonly RegionProperty[],
  rank: number,
  images: number,
  spacing: readonly number[],
): readonly RegionProperty[] {
  if (!Array.isArray(names)) throw new ArgumentError('properties', names, 'a list of names');
  for (const name of names) {
    if (!Object.hasOwn(PROPERTIES, name))
      throw new ArgumentError('properties', name, `one of ${REGION_PROPERTIES.join(', ')}`);
    const property = propertyOf(name);
    if (property.ranks && !property.ranks.includes(rank))
      throw new ArgumentError(
        'properties',
        name,
        `properties of a label image of ${rank} axes (${name} is defined for ${property.ranks.join(' or ')})`,
      );
    if (isOfImages(property) && images === 0)
      throw new ArgumentError('properties', name, 'properties of shapes, since there is no image');
    if (property.isotropic && new Set(spacing).size > 1)
      throw new ArgumentError('pixelSize', spacing, `the same length along all axes for ${name}`);
  }
  return names;
}

function pixelSizeOf(
  pixelSize: RegionTableOptions['pixelSize'],
  labels: GraphNode,
): { spacing: readonly number[]; unit: string } {
  const rank = labels.shape.length;
  const check = (argument: string, value: unknown): number => {
    const size = checkFinite(argument, value);
    if (size <= 0) throw new ArgumentError(argument, value, 'a length above 0');
    return size;
  };
  if (pixelSize === undefined) return { spacing: new Array<number>(rank).fill(1), unit: PIXEL };
  if (pixelSize === null || typeof pixelSize !== 'object' || !('scale' in pixelSize))
    return { spacing: perAxis('pixelSize', pixelSize, rank, check), unit: 'unit' };
  const { scale, unit = 'unit' } = pixelSize;
  const spacing = labels.dimensionNames.map((name, axis) => {
    const key = name ?? String(axis);
    return check(`pixelSize.scale.${key}`, scale[key]);
  });
  return { spacing, unit };
}

/** The passes over the data: as a rule one, and two more for medians. */
async function measure(
  labels: GraphNode,
  images: readonly GraphNode[],
  needs: ReadonlySet<Measure>,
  options: ComputeOptions,
) {
  const rows = needs.has('intensities')
    ? images.map((image) => regionsNode(labels, image))
    : [regionsNode(labels)];
  const order = needs.has('moments') ? 3 : 2;
  const moments = needs.has('moments') || needs.has('inertia') ? regionMomentsNode(labels, order) : undefined;
  const contours = needs.has('contours') ? regionContoursNode(labels) : undefined;
  const hulls = needs.has('hulls') ? regionHullsNode(labels) : undefined;
  const nodes = [...rows, moments, contours, hulls].filter((node) => node !== undefined);
  const results = await resolveGlobals(nodes, options);
  const medians: LabelTable[] = [];
  if (needs.has('medians'))
    for (const image of images) medians.push(await findMedians(labels, image, options));
  const table = <Rows>(node: GraphNode | undefined) => node && (results.get(node.key) as Rows);
  return {
    rows: rows.map(({ key }) => results.get(key) as RegionRows),
    moments: table<LabelRows>(moments),
    contours: table<LabelTable>(contours),
    hulls: table<LabelTable>(hulls),
    medians,
  };
}

interface ColumnWriter {
  readonly property: ReturnType<typeof propertyOf>;
  /** Of each image, or once. */
  readonly names: readonly (readonly string[])[];
}

/** One object after another, in ascending order of labels. */
function fill(
  object: RegionObject,
  rows: RegionRows,
  writers: readonly ColumnWriter[],
  units: Readonly<Record<string, string>>,
): RegionTable {
  const columns: Record<string, RegionColumn> = {};
  const targets = writers.map(({ property, names }) => ({
    property,
    columns: names.map((list) =>
      list.map((name) => {
        columns[name] = name === 'label' ? new Uint32Array(rows.size) : new Float64Array(rows.size);
        return columns[name];
      }),
    ),
  }));
  rows.labels.forEach((label, row) => {
    object.move(label);
    for (const { property, columns: ofImages } of targets) {
      ofImages.forEach((parts, image) => {
        const values = property.values(object, image);
        parts.forEach((column, i) => {
          column[row] = values[i];
        });
      });
    }
  });
  return new RegionTable(rows.size, columns, units);
}
