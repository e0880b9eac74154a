// One frame from the bytes of a PNG, JPEG, WebP or npy file.
import type { TypedArray } from '../../core/dtype';
import { decodeNpy } from './npy';
import { type Format, type Picture, picture } from './picture';

/** Throws whatever the decoder throws for a file that it cannot read. */
export async function decodeImage(bytes: Uint8Array, format: Exclude<Format, 'tiff'>): Promise<Picture> {
  if (format === 'npy') return decodeNpy(bytes);
  if (format === 'png') return decodePng(bytes);
  const rgba =
    typeof createImageBitmap === 'function'
      ? await decodeInBrowser(bytes, format)
      : await decodeInNode(bytes, format);
  const channels = format === 'jpeg' ? jpegChannels(bytes) : webpChannels(bytes);
  return picture(firstChannels(rgba.data, channels), 'uint8', rgba.height, rgba.width, channels);
}

/** PNG is decoded by fast-png everywhere: browsers give 8 bits of 16. */
async function decodePng(bytes: Uint8Array): Promise<Picture> {
  const { convertIndexedToRgb, decode } = await import('fast-png');
  const png = decode(bytes, { checkCrc: true });
  const { width, height, depth, channels } = png;
  if (png.palette) {
    const colours = png.palette[0].length;
    return picture(Uint8Array.from(convertIndexedToRgb(png)), 'uint8', height, width, colours);
  }
  if (depth === 16) return picture(Uint16Array.from(png.data), 'uint16', height, width, channels);
  const data = depth === 8 ? Uint8Array.from(png.data) : unpacked(png.data, depth, height, width);
  return picture(data, 'uint8', height, width, channels);
}

/** Grey levels of less than 8 bits, spread over 0 to 255; rows start at whole bytes. */
function unpacked(data: ArrayLike<number>, depth: number, height: number, width: number): Uint8Array {
  const out = new Uint8Array(height * width);
  const stride = Math.ceil((width * depth) / 8);
  const most = 2 ** depth - 1;
  for (let i = 0; i < out.length; i++) {
    const bit = (i % width) * depth;
    const byte = data[Math.floor(i / width) * stride + (bit >> 3)];
    out[i] = (((byte >> (8 - depth - (bit & 7))) & most) * 255) / most;
  }
  return out;
}

interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

async function decodeInBrowser(bytes: Uint8Array, format: string): Promise<Rgba> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: `image/${format}` });
  const bitmap = await createImageBitmap(blob, {
    colorSpaceConversion: 'none',
    imageOrientation: 'none' as ImageOrientation,
    premultiplyAlpha: 'none',
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('there is no 2D canvas to decode it with');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}

async function decodeInNode(bytes: Uint8Array, format: 'jpeg' | 'webp'): Promise<Rgba> {
  if (format === 'webp') {
    const webp = await nodePackage<typeof import('@cwasm/webp')>('@cwasm/webp');
    return webp.decode(bytes);
  }
  const { default: jpeg } = await nodePackage<{ default: typeof import('jpeg-js') }>('jpeg-js');
  return jpeg.decode(bytes, { useTArray: true, maxMemoryUsageInMB: 4096, maxResolutionInMP: 1000 });
}

/** Imports a package that bundlers must not look into: browsers never load it. */
export const nodePackage = <T>(name: string): Promise<T> =>
  import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<T>;

/** Components of the first frame header. */
function jpegChannels(bytes: Uint8Array): number {
  for (let at = 2; at + 9 < bytes.length; ) {
    const marker = bytes[at + 1];
    // SOF0 to SOF15, but for the tables and extensions among them.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return bytes[at + 9] === 1 ? 1 : 3;
    at += 2 + (bytes[at + 2] << 8) + bytes[at + 3];
  }
  return 3;
}

/** Four where the header says that there is transparency. */
function webpChannels(bytes: Uint8Array): number {
  const kind = String.fromCharCode(...bytes.subarray(12, 16));
  const alpha = kind === 'VP8X' ? bytes[20] & 0x10 : kind === 'VP8L' ? bytes[24] & 0x10 : 0;
  return alpha ? 4 : 3;
}

function firstChannels(rgba: ArrayLike<number>, channels: number): TypedArray {
  const out = new Uint8Array((rgba.length / 4) * channels);
  for (let from = 0, to = 0; from < rgba.length; from += 4)
    for (let c = 0; c < channels; c++) out[to++] = rgba[from + c];
  return out;
}
