// The formats in which hierarchies are written: OME-Zarr 0.5 on Zarr v3, OME-Zarr 0.4 on Zarr v2.
import type { DType } from '../core/dtype';
import { WRITTEN_CODECS, WRITTEN_COMPRESSOR } from './encode';
import { isObject, type Json } from './metadata';
import { type ArrayDescription, arrayDocument, fillValueOf, groupDocument } from './zarrDocuments';

/** Version of OME-Zarr. */
export type OmeVersion = '0.4' | '0.5';

/** A metadata document and its name below the node it describes. */
export type NamedDocument = readonly [name: string, document: Json];

/** How one format describes nodes and names chunks. */
export interface ZarrFormat {
  readonly ome: OmeVersion;
  /** The documents of an array; the first says what its chunks mean. */
  array(array: Omit<ArrayDescription, 'codecs'> & { readonly codecs?: readonly Json[] }): NamedDocument[];
  /** The documents of a group. */
  group(attributes: Json): NamedDocument[];
  /** What OME-Zarr says of a group (`multiscales`, `labels`, `plate`, ...) as attributes. */
  attributes(ome: Json): Json;
  /** The document that holds attributes, and what it says of OME-Zarr. */
  readonly attributesName: string;
  omeOf(document: Json): Json;
  /** A chunk's name below its array. */
  chunkName(index: readonly number[]): string;
}

const V3: ZarrFormat = {
  ome: '0.5',
  attributesName: 'zarr.json',
  array: (array) => [['zarr.json', arrayDocument({ codecs: WRITTEN_CODECS, ...array })]],
  group: (attributes) => [['zarr.json', groupDocument(attributes)]],
  attributes: (ome) => ({ ome: { version: '0.5', ...ome } }),
  omeOf: ({ attributes }) => (isObject(attributes) && isObject(attributes.ome) ? attributes.ome : {}),
  chunkName: (index) => ['c', ...index].join('/'),
};

const V2: ZarrFormat = {
  ome: '0.4',
  attributesName: '.zattrs',
  array: ({ shape, chunks, dtype, fillValue, attributes = {}, dimensionNames }) => [
    [
      '.zarray',
      {
        zarr_format: 2,
        shape,
        chunks,
        dtype: TYPE_NAMES[dtype],
        compressor: WRITTEN_COMPRESSOR,
        fill_value: fillValueOf(dtype, fillValue),
        order: 'C',
        filters: null,
        dimension_separator: '/',
      },
    ],
    // v2 has no dimension names; xarray's convention is the one that is read.
    [
      '.zattrs',
      dimensionNames?.every((name) => name !== null)
        ? { _ARRAY_DIMENSIONS: dimensionNames, ...attributes }
        : attributes,
    ],
  ],
  group: (attributes) => [
    ['.zgroup', { zarr_format: 2 }],
    ['.zattrs', attributes],
  ],
  attributes: versioned,
  omeOf: (document) => document,
  chunkName: (index) => index.join('/') || '0',
};

/** 0.4 gives each part a version of its own. */
function versioned(ome: Json): Json {
  const version = '0.4';
  const { multiscales, ...parts } = ome;
  const entries = Object.entries(parts).map(([name, part]) => [
    name,
    isObject(part) ? { ...part, version } : part,
  ]);
  return {
    ...(Array.isArray(multiscales)
      ? { multiscales: multiscales.map((multiscale: Json) => ({ ...multiscale, version })) }
      : {}),
    ...Object.fromEntries(entries),
  };
}

const TYPE_NAMES: Readonly<Record<DType, string>> = {
  bool: '|b1',
  int8: '|i1',
  uint8: '|u1',
  int16: '<i2',
  uint16: '<u2',
  int32: '<i4',
  uint32: '<u4',
  int64: '<i8',
  uint64: '<u8',
  float32: '<f4',
  float64: '<f8',
  complex64: '<c8',
  complex128: '<c16',
};

/** The format of each version of OME-Zarr. */
export const ZARR_FORMATS: Readonly<Record<OmeVersion, ZarrFormat>> = { '0.5': V3, '0.4': V2 };
