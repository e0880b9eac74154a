// One frame from the bytes of a PNG, JPEG, WebP or npy file.
import type { TypedArray } from '../../core/dtype';
import { nodePackage } from '../nodePackage';
import { decodeNpy } from './npy';
import { type Format, type Picture, picture } from './picture';

/** Throws whatever the decoder throws for a file that it cannot read. */
export async function decodeImage(bytes: Uint8Array, format: Exclude<Format, 'tiff'>): Promise<Picture> {
  if (format === 'npy') return decodeNpy(bytes);
  if (format === 'png') return decodePng(bytes);
  const channels = format === 'jpeg' ? jpegChannels(bytes) : webpChannels(bytes);
  const rgba =
    typeof createImageBitmap === 'function'
      ? await decodeInBrowser(bytes, format, channels)
      : await decodeInNode(bytes, format);
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

/** Values as they are stored: neither turned as the camera was held, nor in other colours, nor mixed with alpha. */
async function decodeInBrowser(bytes: Uint8Array, format: 'jpeg' | 'webp', channels: number): Promise<Rgba> {
  const data = format === 'jpeg' ? withoutExif(bytes) : bytes;
  const blob = new Blob([data as Uint8Array<ArrayBuffer>], { type: `image/${format}` });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  try {
    return (channels === 4 && readTexture(bitmap)) || readCanvas(bitmap);
  } finally {
    bitmap.close();
  }
}

function readCanvas(bitmap: ImageBitmap): Rgba {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('there is no 2D canvas to decode it with');
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height);
}

/** Colours beside alpha: a canvas stores them multiplied by it, which loses digits. Undefined without WebGL. */
function readTexture(bitmap: ImageBitmap): Rgba | undefined {
  const { width, height } = bitmap;
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl || Math.max(width, height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) return undefined;
  try {
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
    gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    const data = new Uint8Array(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, data);
    return gl.getError() === gl.NO_ERROR ? { data, width, height } : undefined;
  } finally {
    gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}

async function decodeInNode(bytes: Uint8Array, format: 'jpeg' | 'webp'): Promise<Rgba> {
  if (format === 'webp') {
    const webp = await nodePackage<typeof import('@cwasm/webp')>('@cwasm/webp');
    return webp.decode(bytes);
  }
  const { default: jpeg } = await nodePackage<{ default: typeof import('jpeg-js') }>('jpeg-js');
  return jpeg.decode(bytes, { useTArray: true, maxMemoryUsageInMB: 4096, maxResolutionInMP: 1000 });
}

interface Segment {
  readonly marker: number;
  readonly start: number;
  readonly stop: number;
}

/** Segments of a JPEG up to the first scan. */
function* jpegSegments(bytes: Uint8Array): Generator<Segment> {
  for (let start = 2; start + 4 <= bytes.length; ) {
    const marker = bytes[start + 1];
    const stop = start + 2 + (bytes[start + 2] << 8) + bytes[start + 3];
    yield { marker, start, stop };
    if (marker === 0xda) return;
    start = stop;
  }
}

/** Components of the first frame header. */
function jpegChannels(bytes: Uint8Array): number {
  // SOF0 to SOF15, but for the tables and extensions among them.
  for (const { marker, start } of jpegSegments(bytes))
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return bytes[start + 9] === 1 ? 1 : 3;
  return 3;
}

/** Browsers turn pixels by what the Exif segment (APP1) says, whatever they are asked for. */
function withoutExif(bytes: Uint8Array): Uint8Array {
  const exif = [...jpegSegments(bytes)].filter(({ marker }) => marker === 0xe1);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { start, stop } of exif) {
    parts.push(bytes.subarray(from, start));
    from = stop;
  }
  parts.push(bytes.subarray(from));
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
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
