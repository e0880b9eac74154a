// OME-XML for a TIFF that is written.
import type { DType } from '../../core/dtype';
import type { OmeChannel } from '../omeZarr';
import { PLANE_AXES, type PlaneAxis } from './description';

/** What is said of an image. */
export interface OmeXmlImage {
  readonly name?: string;
  readonly dtype: DType;
  readonly sizes: Readonly<Record<PlaneAxis | 'y' | 'x', number>>;
  /** Axes of the planes, slowest first. */
  readonly stack: readonly PlaneAxis[];
  /** Samples of a pixel, which count as channels. */
  readonly samples: number;
  readonly scale: Readonly<Partial<Record<PlaneAxis | 'y' | 'x', number>>>;
  /** UDUNITS-2 names. */
  readonly units: Readonly<Partial<Record<PlaneAxis | 'y' | 'x', string>>>;
  readonly channels: readonly OmeChannel[];
}

const PIXEL_TYPES: Readonly<Partial<Record<DType, string>>> = {
  int8: 'int8',
  uint8: 'uint8',
  int16: 'int16',
  uint16: 'uint16',
  int32: 'int32',
  uint32: 'uint32',
  float32: 'float',
  float64: 'double',
  complex64: 'complex',
  complex128: 'double-complex',
};

/** Types that OME-XML has a name for. */
export const OME_TYPES = Object.keys(PIXEL_TYPES) as DType[];

const SYMBOLS: Readonly<Record<string, string>> = {
  angstrom: 'Å',
  nanometer: 'nm',
  micrometer: 'µm',
  millimeter: 'mm',
  centimeter: 'cm',
  meter: 'm',
  inch: 'in',
  millisecond: 'ms',
  second: 's',
  minute: 'min',
  hour: 'h',
};

/** Units that OME-XML has a symbol for. */
export const OME_UNITS = Object.keys(SYMBOLS);

const SCHEMA = 'http://www.openmicroscopy.org/Schemas/OME/2016-06';

export function writeOmeXml(image: OmeXmlImage): string {
  const { name, dtype, sizes, stack, samples, channels } = image;
  const planesC = sizes.c / samples;
  const order = [...stack].reverse();
  const all = [...order, ...PLANE_AXES.filter((axis) => !order.includes(axis))];
  const pixels: Record<string, string> = {
    ID: 'Pixels:0',
    DimensionOrder: `XY${all.join('').toUpperCase()}`,
    Type: PIXEL_TYPES[dtype] ?? '',
    SizeX: String(sizes.x),
    SizeY: String(sizes.y),
    SizeZ: String(sizes.z),
    SizeC: String(sizes.c),
    SizeT: String(sizes.t),
    ...sizeAttributes(image),
  };
  const described = Array.from({ length: planesC }, (_, i) =>
    element('Channel', {
      ID: `Channel:0:${i}`,
      SamplesPerPixel: String(samples),
      ...(samples === 1 && channels[i] ? { Name: channels[i].label, Color: colorOf(channels[i]) } : {}),
    }),
  );
  const data = element('TiffData', { IFD: '0', PlaneCount: String(sizes.t * planesC * sizes.z) });
  return `<?xml version="1.0" encoding="UTF-8"?>${element(
    'OME',
    {
      xmlns: SCHEMA,
      'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      'xsi:schemaLocation': `${SCHEMA} ${SCHEMA}/ome.xsd`,
      Creator: 'tilewise',
    },
    element(
      'Image',
      { ID: 'Image:0', Name: name ?? 'Image0' },
      element('Pixels', pixels, ...described, data),
    ),
  )}`;
}

function sizeAttributes({ scale, units }: OmeXmlImage): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const axis of ['x', 'y', 'z', 't'] as const) {
    const size = scale[axis];
    if (size === undefined) continue;
    const name = axis === 't' ? 'TimeIncrement' : `PhysicalSize${axis.toUpperCase()}`;
    attributes[name] = String(size);
    const unit = units[axis];
    // Without a unit there is none, where the schema would take micrometers.
    attributes[`${name}Unit`] = unit === undefined ? (axis === 't' ? 's' : 'pixel') : SYMBOLS[unit];
  }
  return attributes;
}

/** Red, green, blue, alpha in a signed integer. */
const colorOf = ({ color }: OmeChannel): string => String((Number.parseInt(color, 16) << 8) | 0xff | 0);

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const element = (
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...children: string[]
): string => {
  const fields = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${value.replace(/[&<>"]/g, (char) => ENTITIES[char])}"`,
  );
  return children.length > 0
    ? `<${name}${fields.join('')}>${children.join('')}</${name}>`
    : `<${name}${fields.join('')}/>`;
};
