// Decompression of a block, here or in a worker.
import { loadGeotiff } from './geotiff';
import type { TiffCoding } from './layout';

const UNCOMPRESSED = 1;

/** The bytes of a block as they were before compression. Throws what geotiff's decoder throws. */
export async function decodeBlock(
  bytes: Uint8Array<ArrayBuffer>,
  { compression, parameters }: TiffCoding,
): Promise<Uint8Array<ArrayBuffer>> {
  if (compression === UNCOMPRESSED && parameters.predictor === 1) return bytes;
  const { getDecoder } = await loadGeotiff();
  const decoder = await getDecoder(compression, parameters as Parameters<typeof getDecoder>[1]);
  const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  return new Uint8Array((await decoder.decode(whole.buffer)) as ArrayBuffer);
}

/** Whether decoding is work that is worth a worker. */
export const isCompressed = ({ compression }: TiffCoding): boolean => compression !== UNCOMPRESSED;
