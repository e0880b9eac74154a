// Checks an array's metadata before zarrita sees it, and repairs what zarrita 0.7 would misread.
import { registry } from 'zarrita';
import { CodecError, FormatError } from '../core/errors';
import { halfToNumber, numberToHalf } from './float16';
import { isObject, type Json, type ZarrNode } from './metadata';

/** What the source layer needs to know of an array beyond what zarrita tells. */
export interface ArrayInfo {
  /** The metadata document to hand to zarrita. */
  readonly document: Json;
  /** The elements are float16, which the document declares as uint16. */
  readonly half: boolean;
  /** Inner chunks per shard along each axis; undefined when not sharded. */
  readonly chunksPerShard?: readonly number[];
  /** Whether chunks need more than a view over their bytes. */
  readonly encoded: boolean;
  /** The codec that wrote a chunk's outermost bytes: `blosc`, `crc32c`, `zstd`, ... */
  readonly outerCodec?: string;
  /** The key of a chunk (of an inner chunk: its shard's key and its index). */
  chunkName(index: readonly number[]): string;
}

const DATA_TYPES = new Set(
  'bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 float32 float64'.split(' '),
);

const V2_TYPE = /^(?:\|[biu]1|[<>](?:[iu][248]|f[248]|b1|[iu]1))$/;

/**
 * Checks an array node. Throws FormatError for metadata that is malformed or describes what cannot be read (other
 * dtypes, irregular grids, zero-size axes), CodecError for a codec that is not registered.
 */
export function describeArray(node: ZarrNode): ArrayInfo {
  if (node.kind !== 'array') throw new FormatError(node.key, 'expected a Zarr array, received a group');
  return node.format === 3 ? describeV3(node) : describeV2(node);
}

function describeV2({ document, key }: ZarrNode): ArrayInfo {
  const { dtype, compressor, filters, order, fill_value: fill } = document;
  if (typeof dtype !== 'string' || !V2_TYPE.test(dtype)) throw unsupportedType(key, dtype);
  const shape = checkShape(document.shape, 'shape', key);
  checkChunks(document.chunks, shape, 'chunks', key);
  const codecs = [...(Array.isArray(filters) ? filters : []), ...(compressor ? [compressor] : [])].map(
    (codec: unknown) => String(isObject(codec) ? codec.id : codec),
  );
  for (const id of codecs) if (id !== 'fixedscaleoffset') checkCodec(`numcodecs.${id}`, id, key);
  const half = dtype.endsWith('f2');
  const integer = /[iu]\d$/.test(dtype);
  const separator = String(document.dimension_separator ?? '.');
  return {
    document: {
      ...document,
      ...(half ? { dtype: dtype.replace('f2', 'u2') } : {}),
      fill_value: half ? numberToHalf(floatFill(fill)) : integer && fill === null ? 0 : fill,
    },
    half,
    encoded: codecs.length > 0 || order === 'F' || dtype.startsWith('>'),
    outerCodec: codecs.at(-1),
    chunkName: (index) => index.join(separator) || '0',
  };
}

interface Codec {
  readonly name: string;
  readonly configuration: Json;
}

function describeV3({ document, key }: ZarrNode): ArrayInfo {
  const { data_type: type, chunk_grid: grid, fill_value: fill } = document;
  if (typeof type !== 'string' || !DATA_TYPES.has(type)) throw unsupportedType(key, type);
  if (!isObject(grid) || grid.name !== 'regular' || !isObject(grid.configuration))
    throw new FormatError(key, `expected a regular chunk grid, received ${JSON.stringify(grid)}`);
  const shape = checkShape(document.shape, 'shape', key);
  const chunks = checkChunks(grid.configuration.chunk_shape, shape, 'chunk_grid', key);
  const codecs = checkCodecs(document.codecs, key);
  const shard = codecs.find(({ name }) => name === 'sharding_indexed');
  const chunksPerShard = shard && checkShard(shard, codecs, chunks, key);
  const inner = shard ? checkCodecs(shard.configuration.codecs, key) : codecs;
  if (shard && inner.some(({ name }) => name === 'sharding_indexed'))
    throw new CodecError(key, 'shards within shards are not supported');
  return {
    document: {
      ...document,
      ...(type === 'float16' ? { data_type: 'uint16' } : {}),
      fill_value: fillV3(fill, type),
    },
    half: type === 'float16',
    chunksPerShard,
    encoded: inner.some(({ name, configuration }) => name !== 'bytes' || configuration.endian === 'big'),
    outerCodec: inner.at(-1)?.name,
    chunkName: chunkNamer(document.chunk_key_encoding, chunksPerShard, key),
  };
}

function checkCodecs(codecs: unknown, key: string): Codec[] {
  if (!Array.isArray(codecs))
    throw new FormatError(key, `codecs: expected a list, received ${JSON.stringify(codecs)}`);
  return codecs.map((codec: unknown) => {
    // A codec without configuration may be given by its bare name.
    const { name, configuration = {} } = isObject(codec) ? codec : { name: codec };
    if (typeof name !== 'string' || !isObject(configuration))
      throw new FormatError(
        key,
        `codecs: expected { name, configuration }, received ${JSON.stringify(codec)}`,
      );
    if (name !== 'sharding_indexed') checkCodec(name, name, key);
    return { name, configuration };
  });
}

function checkShard(shard: Codec, codecs: Codec[], chunks: readonly number[], key: string): number[] {
  if (codecs.length > 1) throw new CodecError(key, 'codecs around sharding_indexed are not supported');
  const { chunk_shape: shape, index_codecs: index, index_location: location = 'end' } = shard.configuration;
  checkCodecs(index, key);
  if (location !== 'end') throw new CodecError(key, `index_location "${location}" is not supported`);
  const inner = checkChunks(shape, chunks, 'sharding_indexed chunk_shape', key);
  const counts = chunks.map((n, axis) => n / inner[axis]);
  if (!counts.every(Number.isInteger))
    throw new FormatError(key, `the shard [${chunks}] is not a multiple of the chunk [${inner}]`);
  return counts;
}

function checkCodec(registered: string, name: string, key: string): void {
  if (!registry.has(registered)) {
    throw new CodecError(
      key,
      `codec "${name}" is not supported (register it in zarrita's registry to add it)`,
    );
  }
}

const unsupportedType = (key: string, type: unknown): FormatError =>
  new FormatError(
    key,
    `data type ${JSON.stringify(type)} is not supported: expected bool, int8 to int64, uint8 to uint64 or float16 to float64`,
  );

function checkShape(shape: unknown, name: string, key: string): number[] {
  const valid = Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && n >= 1);
  if (valid) return shape;
  throw new FormatError(key, `${name}: expected integers >= 1 per axis, received ${JSON.stringify(shape)}`);
}

function checkChunks(chunks: unknown, shape: readonly number[], name: string, key: string): number[] {
  const checked = checkShape(chunks, name, key);
  if (checked.length === shape.length) return checked;
  throw new FormatError(key, `${name}: expected ${shape.length} axes, received ${JSON.stringify(chunks)}`);
}

/** zarrita knows numbers and the names of NaN and infinities, but not the raw bits the specification also allows. */
function fillV3(fill: unknown, type: string): unknown {
  if (type === 'float16') return numberToHalf(floatFill(fill, 2));
  if (type === 'float32' || type === 'float64') return floatFill(fill, type === 'float32' ? 4 : 8);
  return fill ?? (type === 'bool' ? false : 0);
}

function floatFill(fill: unknown, bytes = 8): number {
  if (typeof fill !== 'string' || !/^0x[0-9a-f]+$/i.test(fill)) return Number(fill ?? 0);
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(fill));
  if (bytes === 8) return view.getFloat64(0);
  return bytes === 4 ? view.getFloat32(4) : halfToNumber(view.getUint16(6));
}

function chunkNamer(
  encoding: unknown,
  chunksPerShard: readonly number[] | undefined,
  key: string,
): (index: readonly number[]) => string {
  const { name, configuration } = isObject(encoding) ? encoding : { name: encoding, configuration: {} };
  if (name !== 'default' && name !== 'v2')
    throw new FormatError(key, `chunk_key_encoding ${JSON.stringify(encoding)} is not supported`);
  const given = isObject(configuration) ? configuration.separator : undefined;
  const separator = String(given ?? (name === 'v2' ? '.' : '/'));
  const encode = (index: readonly number[]) =>
    name === 'default' ? ['c', ...index].join(separator) : index.join(separator) || '0';
  if (!chunksPerShard) return encode;
  return (index) => `${encode(index.map((i, axis) => Math.floor(i / chunksPerShard[axis])))} [${index}]`;
}
