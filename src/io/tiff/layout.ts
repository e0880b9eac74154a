// What a directory says of its pixels: shape, type, and the blocks (tiles or strips) in which they are stored.
import type { ImageFileDirectory } from 'geotiff';
import type { DType } from '../../core/dtype';
import type { TiffFile } from './tiffFile';

/** How a block was compressed; plain data, for workers. */
export interface TiffCoding {
  readonly compression: number;
  readonly parameters: {
    readonly tileWidth: number;
    readonly tileHeight: number;
    readonly planarConfiguration: number;
    readonly bitsPerSample: readonly number[];
    readonly predictor: number;
    readonly samplesPerPixel: number;
    readonly JPEGTables?: unknown;
    readonly LercParameters?: unknown;
  };
}

/** The pixels of one directory. */
export interface TiffLayout {
  readonly tiff: TiffFile;
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly dtype: DType;
  /** Bits of a sample in the file. */
  readonly bits: number;
  /** Samples are stored apart, each in blocks of its own. */
  readonly planar: boolean;
  readonly blockWidth: number;
  readonly blockHeight: number;
  /** Blocks are cut at the image's lower edge (strips), not padded (tiles). */
  readonly strips: boolean;
  /** Differences along rows are to be summed up. */
  readonly differences: boolean;
  /** JPEG as luminance and colour differences. */
  readonly ycbcr: boolean;
  readonly coding: TiffCoding;
}

/** The layout of a directory. Throws an Error that says what is not supported. */
export async function readLayout(tiff: TiffFile, offset: number, signal?: AbortSignal): Promise<TiffLayout> {
  const directory = await tiff.directoryAt(offset, signal);
  const [width, height] = [count(directory, 'ImageWidth'), count(directory, 'ImageLength')];
  const samples = directory.getValue('SamplesPerPixel') ?? 1;
  const bitsPerSample = Array.from(directory.getValue('BitsPerSample') ?? new Array(samples).fill(1), Number);
  const [bits] = bitsPerSample;
  const format = Number(directory.getValue('SampleFormat')?.[0] ?? 1);
  if (bitsPerSample.some((b) => b !== bits)) throw new Error(`samples of ${bitsPerSample} bits are mixed`);
  const strips = !directory.hasTag('TileWidth');
  const rows = Number(directory.getValue('RowsPerStrip') ?? height);
  const blockWidth = strips ? width : count(directory, 'TileWidth');
  const blockHeight = strips ? Math.min(rows, height) : count(directory, 'TileLength');
  const planarConfiguration = Number(directory.getValue('PlanarConfiguration') ?? 1);
  const compression = Number(directory.getValue('Compression') ?? 1);
  const predictor = Number((await directory.loadValue('Predictor')) ?? 1);
  const ycbcr = compression === 7 && Number(directory.getValue('PhotometricInterpretation')) === 6;
  return {
    tiff,
    offset,
    width,
    height,
    samples,
    dtype: sampleType(format, bits),
    bits,
    planar: planarConfiguration === 2 && samples > 1,
    blockWidth,
    blockHeight,
    strips,
    differences: predictor === 2,
    ycbcr,
    coding: {
      compression,
      parameters: {
        tileWidth: blockWidth,
        tileHeight: blockHeight,
        planarConfiguration,
        bitsPerSample,
        // geotiff sums up differences of little-endian samples only.
        predictor: predictor === 2 ? 1 : predictor,
        samplesPerPixel: samples,
        JPEGTables: await directory.loadValue('JPEGTables'),
        LercParameters: await directory.loadValue('LercParameters'),
      },
    },
  };
}

function count(
  directory: ImageFileDirectory,
  tag: 'ImageWidth' | 'ImageLength' | 'TileWidth' | 'TileLength',
) {
  const value = Number(directory.getValue(tag));
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`it has no ${tag}`);
}

const TYPES: Readonly<Record<string, DType>> = {
  '2/8': 'int8',
  '2/16': 'int16',
  '2/32': 'int32',
  '2/64': 'int64',
  '3/16': 'float32',
  '3/32': 'float32',
  '3/64': 'float64',
  '6/64': 'complex64',
  '6/128': 'complex128',
};

/** Half-precision floats are widened; unsigned integers of odd sizes come in the next larger type. */
function sampleType(format: number, bits: number): DType {
  const known = TYPES[`${format}/${bits}`];
  if (known) return known;
  if (format === 1 || format === 4) {
    if (bits === 1) return 'bool';
    if (bits <= 8) return 'uint8';
    if (bits <= 16) return 'uint16';
    if (bits <= 32) return 'uint32';
    if (bits === 64) return 'uint64';
  }
  throw new Error(`samples of format ${format} with ${bits} bits are not supported`);
}
