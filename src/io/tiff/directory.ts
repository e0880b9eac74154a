// Directories of a TIFF as bytes.

/** A field. Offsets have 4 bytes, in a BigTIFF 8. */
export interface TiffTag {
  readonly tag: number;
  readonly type: 'ascii' | 'short' | 'long' | 'offset';
  readonly values: readonly number[] | Uint8Array;
}

const TYPES = { ascii: [2, 1], short: [3, 2], long: [4, 4], offset: [4, 4] } as const;
const BIG_OFFSET = [16, 8] as const;

const typeOf = ({ type }: TiffTag, big: boolean): readonly [code: number, bytes: number] =>
  type === 'offset' && big ? BIG_OFFSET : TYPES[type];

/** Values that do not fit into their entry come after the directory, at even bytes. */
const sizeOutside = (tag: TiffTag, big: boolean): number => {
  const bytes = typeOf(tag, big)[1] * tag.values.length;
  return bytes <= (big ? 8 : 4) ? 0 : bytes + (bytes % 2);
};

const sizeInside = (count: number, big: boolean): number => (big ? 8 + 20 * count + 8 : 2 + 12 * count + 4);

/** Bytes of a directory with its values; it does not depend on what the values are. */
export const directorySize = (tags: readonly TiffTag[], big: boolean): number =>
  tags.reduce((size, tag) => size + sizeOutside(tag, big), sizeInside(tags.length, big));

/**
 * A directory, little-endian, that will stand at byte `at` of the file.
 * @param tags - in ascending order
 * @param next - where the next directory is, 0 for none
 */
export function encodeDirectory(
  tags: readonly TiffTag[],
  { at, next, big }: { at: number; next: number; big: boolean },
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(directorySize(tags, big));
  const fields = new DataView(bytes.buffer);
  const number = (where: number, size: number, value: number) => {
    if (size === 1) fields.setUint8(where, value);
    else if (size === 2) fields.setUint16(where, value, true);
    else if (size === 4) fields.setUint32(where, value, true);
    else fields.setBigUint64(where, BigInt(value), true);
  };
  const word = big ? 8 : 4;
  number(0, big ? 8 : 2, tags.length);
  let entry = big ? 8 : 2;
  let outside = sizeInside(tags.length, big);
  for (const tag of tags) {
    const [code, size] = typeOf(tag, big);
    number(entry, 2, tag.tag);
    number(entry + 2, 2, code);
    number(entry + 4, word, tag.values.length);
    const length = sizeOutside(tag, big);
    const inside = entry + 4 + word;
    if (length > 0) number(inside, word, at + outside);
    let into = length > 0 ? outside : inside;
    for (const value of tag.values) {
      number(into, size, value);
      into += size;
    }
    outside += length;
    entry = inside + word;
  }
  number(entry, word, next);
  return bytes;
}

/** The first bytes of a file whose first directory follows them. */
export function tiffHeader(big: boolean): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headerSize(big));
  bytes.set(big ? [0x49, 0x49, 43, 0, 8, 0, 0, 0, 16] : [0x49, 0x49, 42, 0, 8]);
  return bytes;
}

export const headerSize = (big: boolean): number => (big ? 16 : 8);
