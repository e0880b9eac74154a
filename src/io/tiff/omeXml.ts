// OME-XML as OME-TIFF files hold it: which plane is which page, pixel sizes, channels.
import type { TNode } from 'txml/txml';
import type { OmeChannel } from '../omeZarr';
import {
  PLANE_AXES,
  type PlaneAxis,
  type PlaneLocation,
  type TiffDescription,
  unitName,
} from './description';

/** Whether a TIFF's description is OME-XML. */
export const isOmeXml = (text: string): boolean => /<(\w+:)?OME[\s>]/.test(text.slice(0, 4096));

/**
 * The images of an OME-XML document. Throws an Error that says what is missing: no image, sizes that are no positive
 * integers, an unknown order of dimensions, planes that lie beyond the sizes.
 */
export async function parseOmeXml(text: string): Promise<TiffDescription[]> {
  const { parse } = await import('txml/txml');
  const nodes = parse(text, { decodeEntities: true, selfClosingTags: [] }) as (TNode | string)[];
  const [root] = childrenOf({ children: nodes }, 'OME');
  const images = root ? childrenOf(root, 'Image') : [];
  if (images.length === 0) throw new Error('the OME-XML has no Image');
  const own = root.attributes.UUID ?? undefined;
  return images.map((image) => describe(image, own));
}

interface Parent {
  readonly children: readonly (TNode | string)[];
}

/** Child elements of a name, whatever their namespace's prefix. */
const childrenOf = ({ children }: Parent, name: string): TNode[] =>
  children.filter((c): c is TNode => typeof c === 'object' && c.tagName.replace(/^.*:/, '') === name);

const textOf = ({ children }: TNode): string => children.filter((c) => typeof c === 'string').join('');

/** An attribute's integer of at least `low`. */
function integer({ attributes, tagName }: TNode, name: string, low: number, fallback?: number): number {
  const text = attributes[name];
  if (text == null && fallback !== undefined) return fallback;
  const value = Number(text);
  if (text != null && text.trim() !== '' && Number.isInteger(value) && value >= low) return value;
  throw new Error(`the OME-XML's ${tagName} has ${name}=${JSON.stringify(text ?? null)}`);
}

function describe(image: TNode, own: string | undefined): TiffDescription {
  const [pixels] = childrenOf(image, 'Pixels');
  if (!pixels) throw new Error('the OME-XML has an Image without Pixels');
  const channels = childrenOf(pixels, 'Channel');
  const samples = channels.length > 0 ? integer(channels[0], 'SamplesPerPixel', 1, 1) : 1;
  const sizeC = integer(pixels, 'SizeC', 1);
  // Samples of one pixel count as channels, but lie in one plane.
  const planesC = sizeC % samples === 0 ? sizeC / samples : sizeC;
  const sizes = { t: integer(pixels, 'SizeT', 1), c: planesC, z: integer(pixels, 'SizeZ', 1) };
  const locations = planeLocations(pixels, sizes, own);
  return {
    name: image.attributes.Name ?? undefined,
    sizes,
    plane: ({ t, c, z }) => locations[(t * sizes.c + c) * sizes.z + z],
    ...physicalSizes(pixels),
    channels: channels.map(describeChannel),
  };
}

/** The location of each plane; t, c, z in C order. */
function planeLocations(
  pixels: TNode,
  sizes: Readonly<Record<PlaneAxis, number>>,
  own: string | undefined,
): (PlaneLocation | undefined)[] {
  const order = pixels.attributes.DimensionOrder?.toLowerCase() ?? '';
  // Fastest first, as the pages go.
  const axes = [...order.replace(/^xy/, '')] as PlaneAxis[];
  if (!order.startsWith('xy') || PLANE_AXES.some((axis) => !axes.includes(axis)) || axes.length !== 3)
    throw new Error(`the OME-XML has DimensionOrder="${pixels.attributes.DimensionOrder}"`);
  const total = sizes.t * sizes.c * sizes.z;
  const locations = new Array<PlaneLocation | undefined>(total);
  const blocks = childrenOf(pixels, 'TiffData');
  if (blocks.length === 0) throw new Error('the OME-XML has no TiffData: its planes are somewhere else');
  for (const block of blocks) {
    const { attributes } = block;
    const [uuid] = childrenOf(block, 'UUID');
    // The file's own name may have changed since.
    const elsewhere = uuid && textOf(uuid).trim() !== own;
    const file = elsewhere ? (uuid.attributes.FileName ?? undefined) : undefined;
    const first = { t: 'FirstT', c: 'FirstC', z: 'FirstZ' };
    let at = 0;
    for (const [i, axis] of axes.entries())
      at += integer(block, first[axis], 0, 0) * axes.slice(0, i).reduce((n, a) => n * sizes[a], 1);
    const page = integer(block, 'IFD', 0, 0);
    const count = integer(block, 'PlaneCount', 0, attributes.IFD == null ? total - at : 1);
    if (at + count > total) throw new Error('the OME-XML has TiffData beyond the sizes of its Pixels');
    for (let i = 0; i < count; i++) locations[storedIndex(at + i, axes, sizes)] = { page: page + i, file };
  }
  return locations;
}

/** From the number of a plane in the order of pages to its place in t, c, z order. */
function storedIndex(
  plane: number,
  axes: readonly PlaneAxis[],
  sizes: Readonly<Record<PlaneAxis, number>>,
): number {
  const index = { t: 0, c: 0, z: 0 };
  let rest = plane;
  for (const axis of axes) {
    index[axis] = rest % sizes[axis];
    rest = Math.floor(rest / sizes[axis]);
  }
  return (index.t * sizes.c + index.c) * sizes.z + index.z;
}

function physicalSizes({ attributes }: TNode): Pick<TiffDescription, 'scale' | 'units'> {
  const scale: Partial<Record<PlaneAxis | 'y' | 'x', number>> = {};
  const units: Partial<Record<PlaneAxis | 'y' | 'x', string>> = {};
  for (const axis of ['x', 'y', 'z', 't'] as const) {
    const name = axis === 't' ? 'TimeIncrement' : `PhysicalSize${axis.toUpperCase()}`;
    const size = Number(attributes[name] ?? Number.NaN);
    if (!(Number.isFinite(size) && size > 0)) continue;
    scale[axis] = size;
    units[axis] = unitName(attributes[`${name}Unit`] ?? (axis === 't' ? 's' : 'µm'));
  }
  return { scale, units };
}

function describeChannel({ attributes }: TNode, index: number): OmeChannel {
  // A signed integer: red, green, blue, alpha.
  const color = Number(attributes.Color ?? -1);
  const rgb = Number.isInteger(color) ? (color >>> 8) & 0xffffff : 0xffffff;
  return {
    label: attributes.Name || `Channel ${index}`,
    color: rgb.toString(16).toUpperCase().padStart(6, '0'),
    active: true,
  };
}
