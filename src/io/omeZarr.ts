// OME-Zarr (OME-NGFF) 0.4 and 0.5 metadata, read into one model.
import { FormatError, NotFoundError } from '../core/errors';
import type { Source } from '../core/source';
import {
  absolutePath,
  isForbidden,
  isObject,
  type Json,
  nodeKey,
  type ReadNodeOptions,
  readNode,
  type ZarrNode,
} from './metadata';
import { type OpenZarrOptions, openArrayNode } from './openZarr';
import { type NamedStore, toStore, type ZarrLocation } from './stores';

/** One axis of an image. */
export interface OmeAxis {
  readonly name: string;
  /** `time`, `channel`, `space`, or the file's own. */
  readonly type?: string;
  /** UDUNITS-2 name, e.g. `micrometer`. */
  readonly unit?: string;
}

/** One resolution of an image. Coordinates are `index * scale + translation`, in the axes' units. */
export interface OmeLevel {
  readonly path: string;
  /** Size of a pixel along each axis. */
  readonly scale: readonly number[];
  /** Position of the centre of the first pixel along each axis. */
  readonly translation: readonly number[];
  readonly source: Source;
}

/** How one channel is to be displayed. */
export interface OmeChannel {
  readonly label: string;
  /** Six hexadecimal digits, RGB. */
  readonly color: string;
  readonly window?: {
    readonly min: number;
    readonly max: number;
    readonly start: number;
    readonly end: number;
  };
  readonly active: boolean;
}

/** One multiscale image. */
export interface OmeImage {
  /** Store key and path. */
  readonly key: string;
  readonly version: string;
  readonly name: string | undefined;
  readonly axes: readonly OmeAxis[];
  /** Full resolution first. */
  readonly levels: readonly OmeLevel[];
  readonly omero: { readonly channels: readonly OmeChannel[] } | undefined;
  /** Names of the image's label images. */
  readonly labels: readonly string[];
  /** Opens a label image by its name. Throws as `openOmeZarrMetadata`. */
  openLabel(name: string, options?: { signal?: AbortSignal }): Promise<OmeImage>;
  /** The group's OME attributes as they are. */
  readonly attributes: Json;
}

/**
 * Opens the OME-Zarr image (0.1 to 0.5) at a URL or in a zarrita store; reads only metadata. Throws ArgumentError for
 * a malformed location, NotFoundError when nothing is there, FormatError when it is no OME-Zarr image or an invalid
 * one, CodecError for an unsupported codec, NetworkError when the server fails, the signal's reason when aborted.
 */
export async function openOmeZarrMetadata(
  location: ZarrLocation,
  { path = '', signal, retry }: OpenZarrOptions = {},
): Promise<OmeImage> {
  signal?.throwIfAborted();
  return openImage(toStore(location, retry), path, { signal });
}

/** Opens the image at a path of a store. Throws as {@link openOmeZarrMetadata}. */
export async function openImage(
  store: NamedStore,
  path: string,
  options: ReadNodeOptions,
): Promise<OmeImage> {
  const node = await readNode(store, absolutePath(path), options);
  const { key, format } = node;
  const attributes = omeAttributes(node);
  const multiscale = firstMultiscale(attributes, node);
  const version = String(attributes.version ?? multiscale.version ?? (format === 3 ? '0.5' : '0.4'));
  const datasets = parseDatasets(multiscale, key);
  const children = { signal: options.signal, format };
  const [nodes, labels] = await Promise.all([
    Promise.all(datasets.map((d) => readNode(store, absolutePath(path, d.path), children))),
    labelNames(store, path, children),
  ]);
  const rank = rankOf(nodes[0]);
  const axes = parseAxes(multiscale, rank, key);
  const outer = parseTransforms(multiscale.coordinateTransformations, rank, `${key} multiscales[0]`);
  const dimensionNames = axes.map(({ name }) => name);
  const levels = await Promise.all(
    nodes.map(async (child, i) => {
      if (rankOf(child) !== rank)
        throw new FormatError(
          key,
          `dataset "${datasets[i].path}" has ${rankOf(child)} axes instead of ${rank}`,
        );
      const inner = parseTransforms(datasets[i].transforms, rank, `${key} dataset "${datasets[i].path}"`);
      return {
        path: datasets[i].path,
        ...compose(inner, outer),
        source: await openArrayNode(store, child, { signal: options.signal, dimensionNames }),
      };
    }),
  );
  return {
    key,
    version,
    name: typeof multiscale.name === 'string' ? multiscale.name : undefined,
    axes,
    levels,
    omero: parseOmero(attributes.omero),
    labels,
    openLabel: (name, { signal } = {}) => openImage(store, `${path}/labels/${name}`, { signal, format }),
    attributes,
  };
}

/** 0.5 keeps everything under `ome`, 0.4 at the root of the attributes. */
export function omeAttributes(node: ZarrNode): Json {
  return isObject(node.attributes.ome) ? node.attributes.ome : node.attributes;
}

function firstMultiscale(attributes: Json, node: ZarrNode): Json {
  const { key, kind } = node;
  const { multiscales, plate } = attributes;
  if (Array.isArray(multiscales) && isObject(multiscales[0])) return multiscales[0];
  if (kind === 'array')
    throw new FormatError(key, 'expected an OME-Zarr group, received an array (use openZarr)');
  if (isObject(plate)) {
    const wells = Array.isArray(plate.wells) ? plate.wells : [];
    const well = isObject(wells[0]) ? `${wells[0].path}/0` : '<row>/<column>/<field>';
    throw new FormatError(key, `is a plate; open it by openPlate, or one of its images with path "${well}"`);
  }
  if ('bioformats2raw.layout' in node.attributes || 'bioformats2raw.layout' in attributes)
    throw new FormatError(key, 'is a collection of images; open one of them, e.g. with path "0"');
  throw new FormatError(key, 'is a Zarr group without OME-Zarr multiscales metadata');
}

function parseDatasets(multiscale: Json, key: string): { path: string; transforms: unknown }[] {
  const { datasets } = multiscale;
  if (!Array.isArray(datasets) || datasets.length === 0)
    throw new FormatError(key, 'multiscales[0].datasets: expected at least one dataset');
  return datasets.map((dataset: unknown, i) => {
    if (!isObject(dataset) || typeof dataset.path !== 'string')
      throw new FormatError(
        key,
        `multiscales[0].datasets[${i}]: expected a path, received ${JSON.stringify(dataset)}`,
      );
    return { path: dataset.path, transforms: dataset.coordinateTransformations };
  });
}

const rankOf = ({ document, kind }: ZarrNode): number =>
  kind === 'array' && Array.isArray(document.shape) ? document.shape.length : 0;

/** Axes as objects (0.4 on), names (0.3), or not at all (t, c, z, y, x). */
function parseAxes({ axes, coordinateSystems }: Json, rank: number, key: string): OmeAxis[] {
  if (axes === undefined && Array.isArray(coordinateSystems))
    throw new FormatError(
      key,
      'OME-Zarr 0.6 coordinate systems are not supported yet: expected version 0.5 or older',
    );
  const given: unknown = axes ?? ['t', 'c', 'z', 'y', 'x'].slice(-rank);
  if (!Array.isArray(given) || given.length !== rank)
    throw new FormatError(
      key,
      `multiscales[0].axes: expected ${rank} axes, received ${JSON.stringify(axes)}`,
    );
  return given.map((axis: unknown, i) => {
    const { name, type, unit } = isObject(axis) ? axis : { name: axis, type: undefined, unit: undefined };
    if (typeof name !== 'string')
      throw new FormatError(
        key,
        `multiscales[0].axes[${i}]: expected a name, received ${JSON.stringify(axis)}`,
      );
    return {
      name,
      type: typeof type === 'string' ? type : AXIS_TYPES[name],
      unit: typeof unit === 'string' ? unit : undefined,
    };
  });
}

/** What axes of customary names are. */
export const AXIS_TYPES: Readonly<Record<string, string | undefined>> = {
  t: 'time',
  c: 'channel',
  z: 'space',
  y: 'space',
  x: 'space',
};

interface Transform {
  readonly scale: readonly number[];
  readonly translation: readonly number[];
}

function parseTransforms(transforms: unknown, rank: number, key: string): Transform {
  const identity: Transform = { scale: new Array(rank).fill(1), translation: new Array(rank).fill(0) };
  if (transforms === undefined) return identity;
  if (!Array.isArray(transforms))
    throw new FormatError(
      key,
      `coordinateTransformations: expected a list, received ${JSON.stringify(transforms)}`,
    );
  return transforms.reduce<Transform>((before, transform: unknown) => {
    const { type, scale, translation } = isObject(transform) ? transform : ({} as Json);
    if (type === 'identity') return before;
    if (type === 'scale') return compose(before, { ...identity, scale: numbers(scale, rank, key, type) });
    if (type === 'translation')
      return compose(before, { ...identity, translation: numbers(translation, rank, key, type) });
    throw new FormatError(
      key,
      `coordinateTransformations: expected scale or translation, received ${JSON.stringify(transform)}`,
    );
  }, identity);
}

/** The transform that applies `first`, then `second`. */
function compose(first: Transform, second: Transform): Transform {
  return {
    scale: first.scale.map((s, i) => s * second.scale[i]),
    translation: first.translation.map((t, i) => t * second.scale[i] + second.translation[i]),
  };
}

function numbers(value: unknown, rank: number, key: string, type: string): number[] {
  if (Array.isArray(value) && value.length === rank && value.every((n) => Number.isFinite(n))) return value;
  throw new FormatError(key, `${type}: expected ${rank} numbers, received ${JSON.stringify(value)}`);
}

/** Display settings are hints: what is missing or malformed gets a default. */
function parseOmero(omero: unknown): OmeImage['omero'] {
  if (!isObject(omero) || !Array.isArray(omero.channels)) return undefined;
  const channels = omero.channels.map((channel: unknown, i): OmeChannel => {
    const { label, color, window, active } = isObject(channel) ? channel : ({} as Json);
    const { min, max, start = min, end = max } = isObject(window) ? window : ({} as Json);
    const limits = [min, max, start, end].map(Number);
    return {
      label: typeof label === 'string' ? label : `Channel ${i}`,
      color: typeof color === 'string' && /^#?[0-9a-f]{6}$/i.test(color) ? color.replace('#', '') : 'FFFFFF',
      window: limits.every(Number.isFinite)
        ? { min: limits[0], max: limits[1], start: limits[2], end: limits[3] }
        : undefined,
      active: active !== false,
    };
  });
  return { channels };
}

/** Names in the `labels` group; none when it is not there, or the server answers 403 or a page instead. */
async function labelNames(store: NamedStore, path: string, options: ReadNodeOptions): Promise<string[]> {
  const labelsPath = absolutePath(path, 'labels');
  let node: ZarrNode;
  try {
    node = await readNode(store, labelsPath, options);
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof FormatError || isForbidden(error)) return [];
    throw error;
  }
  const { labels = [] } = omeAttributes(node);
  if (Array.isArray(labels) && labels.every((name) => typeof name === 'string')) return labels;
  throw new FormatError(
    nodeKey(store.key, labelsPath),
    `labels: expected names, received ${JSON.stringify(labels)}`,
  );
}
