// What is measured of each object, and how it is shown: in the table, the histogram, the colours and the tooltip.
import type { RegionProperty } from 'tilewise';
import type { Image } from './image';
import type { Objects } from './objects';
import { type Units, unitsOf } from './units';

/** Measured in every run, by scikit-image's names; lengths in the image's unit. */
export function propertiesOf(image: Image): RegionProperty[] {
  const { x, y } = unitsOf(image);
  return [
    ...(['label', 'area', 'bbox', 'centroid', 'equivalent_diameter_area'] as const),
    // Steps along a contour have one length only where pixels are square.
    ...(x === y ? (['perimeter', 'perimeter_crofton'] as const) : []),
    ...(['axis_major_length', 'axis_minor_length', 'eccentricity', 'orientation'] as const),
    ...(['extent', 'area_convex', 'solidity', 'euler_number', 'touches_border'] as const),
    ...(['centroid_weighted', 'intensity_mean', 'intensity_std'] as const),
    ...(['intensity_min', 'intensity_max', 'intensity_sum', 'intensity_median'] as const),
  ];
}

/** A number that every object has. */
export interface Measurement {
  readonly id: string;
  readonly title: string;
  readonly unit: string | undefined;
  /** What it says, in a sentence. */
  readonly hint: string;
  /** Digits after the point. */
  readonly digits: number;
  value(row: number): number;
}

type Kind = 'length' | 'area' | 'number' | 'intensity' | 'degrees';

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly kind: Kind;
  readonly column: string;
  readonly digits?: number;
  readonly convert?: (value: number) => number;
}

const ENTRIES: readonly Entry[] = [
  entry('label', 'ID', 'Number of the object', 'number', { digits: 0 }),
  entry('area', 'Area', 'Size', 'area'),
  entry('intensity_mean', 'Mean', 'Mean intensity', 'intensity'),
  entry('perimeter', 'Perimeter', 'Length of the outline', 'length'),
  entry('solidity', 'Solidity', 'Area over that of the convex hull: 1 for shapes without dents', 'number'),
  entry('eccentricity', 'Eccentricity', '0 for a circle, towards 1 for a line', 'number'),
  entry('equivalent_diameter_area', 'Diameter', 'Diameter of a circle of the same area', 'length'),
  entry('axis_major_length', 'Major axis', 'Length of the ellipse with the same moments', 'length'),
  entry('axis_minor_length', 'Minor axis', 'Width of the ellipse with the same moments', 'length'),
  entry('orientation', 'Angle', 'Of the major axis to the vertical', 'degrees', {
    convert: (radians) => (radians * 180) / Math.PI,
  }),
  entry('extent', 'Extent', 'Share of the bounding box that is covered', 'number'),
  entry('euler_number', 'Holes', 'Number of holes', 'number', { digits: 0, convert: (euler) => 1 - euler }),
  entry('touches_border', 'At edge', '1 where the edge of the image cuts the object', 'number', {
    digits: 0,
  }),
  entry('intensity_min', 'Min', 'Least intensity', 'intensity'),
  entry('intensity_max', 'Max', 'Greatest intensity', 'intensity'),
  entry('intensity_median', 'Median', 'Half of the pixels are brighter, half darker', 'intensity'),
  entry('intensity_std', 'Spread', 'Standard deviation of the intensity', 'intensity'),
  entry('intensity_sum', 'Total', 'Sum of the intensity', 'intensity', { digits: 0 }),
  entry('centroid-1', 'X', 'Centre', 'length'),
  entry('centroid-0', 'Y', 'Centre', 'length'),
];

function entry(column: string, title: string, hint: string, kind: Kind, rest: Partial<Entry> = {}): Entry {
  return { id: column, title, hint, kind, column, ...rest };
}

/** The columns that are shown until somebody chooses others. */
export const DEFAULT_COLUMNS: readonly string[] = [
  ...['label', 'area', 'intensity_mean', 'perimeter', 'solidity'],
];

/** The measurements that a run made. */
export function measurementsOf(objects: Objects, units: Units): Measurement[] {
  return ENTRIES.filter(({ column }) => objects.has(column)).map((item): Measurement => {
    const values = objects.column(item.column);
    const convert = item.convert ?? ((value: number) => value);
    return {
      id: item.id,
      title: item.title,
      hint: item.hint,
      unit: unitOf(item.kind, units),
      digits: item.digits ?? digitsOf(item.kind, values, units),
      value: (row) => convert(values[row]),
    };
  });
}

function unitOf(kind: Kind, { symbol, areaSymbol }: Units): string | undefined {
  if (kind === 'degrees') return '°';
  return kind === 'length' ? symbol : kind === 'area' ? areaSymbol : undefined;
}

function digitsOf(kind: Kind, values: ArrayLike<number>, { symbol }: Units): number {
  if (kind === 'number') return 3;
  if (kind === 'degrees') return 0;
  if (kind === 'area') return symbol === 'px' ? 0 : 1;
  if (kind === 'length') return 1;
  // Four significant digits or so, aligned.
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i]);
  return largest >= 1000 ? 0 : largest >= 10 ? 1 : 3;
}

/** A value with its unit. */
export function describeValue({ unit, digits, value }: Measurement, row: number): string {
  const text = value(row).toFixed(digits);
  return unit === undefined ? text : unit === '°' ? `${text}°` : `${text} ${unit}`;
}

/** The values from low to high that a histogram or a colour ramp spans: all but a few far ones. */
export function rangeOf(measurement: Measurement, rows: Uint32Array): [low: number, high: number] {
  if (rows.length === 0) return [0, 1];
  const sorted = Float64Array.from(rows, (row) => measurement.value(row)).sort();
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  const [low, high] = [0.02, 0.98].map((share) => sorted[Math.floor(share * (sorted.length - 1))]);
  const margin = (high - low) / 2;
  const range: [number, number] = [Math.max(least, low - margin), Math.min(most, high + margin)];
  return range[1] > range[0] ? range : [least, least + 1];
}
