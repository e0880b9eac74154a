// Arrays as textures of a GPU, without a detour through memory where they are computed there.
import { ArgumentError } from './core/errors';
import { checkRegion, type Region } from './core/region';
import { computeOnDevice } from './exec/compute';
import type { DeviceTarget } from './exec/executor';
import type { LazyArray } from './lazyArray';
import { type Layer, type PictureOptions, pictureOf } from './picture';

export interface GPUTextureOptions extends PictureOptions {
  /** Further `GPUTextureUsage` flags. It is always TEXTURE_BINDING, COPY_SRC and COPY_DST. */
  readonly usage?: number;
  readonly label?: string;
}

// Node has none of WebGPU's constants unless someone defines them.
const USAGE = 0x4 | 0x1 | 0x2;
/** Rows of a copy from a buffer start at multiples of this. */
const ROW_BYTES = 256;
const PIXEL_BYTES = 4;

/**
 * A picture as a texture (`rgba8unorm`) of the application's device. Where the work runs on that device
 * (`configure({ gpuDevice: device })`) pixels never leave it; else each tile is uploaded once. The texture is the caller's to
 * destroy.
 * @param image as {@link toPixels}
 * @throws as {@link toPixels}; ArgumentError for what is no GPUDevice, and for a region larger than its textures may be
 */
export async function toGPUTexture(
  image: LazyArray | readonly Layer[],
  device: GPUDevice,
  options: GPUTextureOptions = {},
): Promise<GPUTexture> {
  if (typeof device?.createTexture !== 'function') throw new ArgumentError('device', device, 'a GPUDevice');
  const { node } = pictureOf(image, options);
  const [rows, columns] = node.shape;
  const { y, x } = options.region ?? { y: [0, rows], x: [0, columns] };
  const region = checkRegion([y, x], node.shape);
  const size = [x[1] - x[0], y[1] - y[0]];
  const most = device.limits.maxTextureDimension2D;
  if (size.some((n) => n < 1 || n > most))
    throw new ArgumentError(
      'region',
      region,
      `1 to ${most} rows and columns, which the device's textures may have`,
    );
  const texture = device.createTexture({
    label: options.label,
    size,
    format: 'rgba8unorm',
    usage: USAGE | (options.usage ?? 0),
  });
  const originOf = (row: number, column: number) => [column - x[0], row - y[0]];
  try {
    await computeOnDevice(node, region, textureTarget(device, texture, originOf), options, (tile, data) => {
      const [[top, bottom], [left, right]] = tile;
      device.queue.writeTexture(
        { texture, origin: originOf(top, left) },
        data as Uint32Array<ArrayBuffer>,
        { bytesPerRow: PIXEL_BYTES * (right - left) },
        [right - left, bottom - top],
      );
    });
    return texture;
  } catch (error) {
    texture.destroy();
    throw error;
  }
}

function textureTarget(
  device: GPUDevice,
  texture: GPUTexture,
  originOf: (row: number, column: number) => number[],
): DeviceTarget {
  return {
    device,
    take(encoder, [buffer], { tile, outputs: [{ region }] }) {
      for (const part of alignedParts(tile, region)) {
        const [[top, bottom], [left, right]] = part;
        const width = region[1][1] - region[1][0];
        const offset = PIXEL_BYTES * ((top - region[0][0]) * width + left - region[1][0]);
        encoder.copyBufferToTexture(
          { buffer, offset, bytesPerRow: bottom - top > 1 ? PIXEL_BYTES * width : undefined },
          { texture, origin: originOf(top, left) },
          [right - left, bottom - top],
        );
      }
    },
  };
}

/** The parts of a tile that can be copied at once: all of it, or row by row where rows of the block are not aligned. */
function alignedParts([[top, bottom], columns]: Region, [, [start, stop]]: Region): Region[] {
  if ((PIXEL_BYTES * (stop - start)) % ROW_BYTES === 0) return [[[top, bottom], columns]];
  return Array.from({ length: bottom - top }, (_, i) => [[top + i, top + i + 1], columns]);
}
