// What a TIFF's image description says of its pages, whoever wrote it.
import type { OmeChannel } from '../omeZarr';

/** Axes along which planes are stacked, as OME-Zarr orders them. */
export type PlaneAxis = 't' | 'c' | 'z';
export const PLANE_AXES: readonly PlaneAxis[] = ['t', 'c', 'z'];

/** Where a plane is: a page of this file, or of another one of its folder. */
export interface PlaneLocation {
  readonly page: number;
  readonly file?: string;
}

/** The planes of one image. */
export interface TiffDescription {
  readonly name?: string;
  /** Planes along each axis; samples of a pixel are none. */
  readonly sizes: Readonly<Record<PlaneAxis, number>>;
  /** Where a plane is; undefined where nothing was stored. */
  plane(index: Readonly<Record<PlaneAxis, number>>): PlaneLocation | undefined;
  /** Size of a pixel (along t: time between planes), where known. */
  readonly scale: Readonly<Partial<Record<PlaneAxis | 'y' | 'x', number>>>;
  /** UDUNITS-2 names. */
  readonly units: Readonly<Partial<Record<PlaneAxis | 'y' | 'x', string>>>;
  readonly channels: readonly OmeChannel[];
}

const UNITS: Readonly<Record<string, string>> = {
  Å: 'angstrom',
  nm: 'nanometer',
  µm: 'micrometer',
  μm: 'micrometer',
  um: 'micrometer',
  micron: 'micrometer',
  microns: 'micrometer',
  mm: 'millimeter',
  cm: 'centimeter',
  m: 'meter',
  in: 'inch',
  inch: 'inch',
  ms: 'millisecond',
  s: 'second',
  sec: 'second',
  min: 'minute',
  h: 'hour',
};

/** The UDUNITS-2 name of a unit's symbol; the symbol itself where it is none of the customary ones. */
export const unitName = (symbol: string | undefined): string | undefined =>
  symbol === undefined || symbol === '' || symbol === 'pixel' || symbol === 'reference frame'
    ? undefined
    : (UNITS[symbol] ?? symbol);
