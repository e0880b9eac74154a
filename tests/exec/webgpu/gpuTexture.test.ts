// Pictures as textures: the same pixels wherever they are computed, and none read back where they are on the device.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ArgumentError,
  configure,
  executorInfo,
  fromArray,
  gaussianFilter,
  toGPUTexture,
  toPixels,
} from '../../../src/index';
import { findTestGpu, noGpu } from '../../helpers/gpu';

const image = fromArray(
  Uint16Array.from({ length: 150 * 333 }, (_, i) => (i * 7919) % 4093),
  { shape: [150, 333], chunks: [64, 64] },
);
const options = { window: [100, 3000] as const };

describe.skipIf(noGpu)('toGPUTexture', () => {
  let device: GPUDevice;
  beforeAll(async () => {
    const adapter = await ((await findTestGpu()) as GPU).requestAdapter();
    device = await adapter!.requestDevice();
    configure({ gpuDevice: device, device: 'gpu', tileElements: 100 * 100, workers: 0 });
  });
  afterAll(() =>
    configure({ gpuDevice: undefined, device: undefined, tileElements: undefined, workers: undefined }),
  );

  async function pixelsOf(texture: GPUTexture): Promise<Uint8Array> {
    const { width, height } = texture;
    const bytesPerRow = Math.ceil((4 * width) / 256) * 256;
    const buffer = device.createBuffer({ size: bytesPerRow * height, usage: 0x1 | 0x8 });
    const encoder = device.createCommandEncoder();
    encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow }, [width, height]);
    device.queue.submit([encoder.finish()]);
    await buffer.mapAsync(0x1);
    const rows = new Uint8Array(buffer.getMappedRange());
    const pixels = new Uint8Array(4 * width * height);
    for (let y = 0; y < height; y++)
      pixels.set(rows.subarray(y * bytesPerRow, y * bytesPerRow + 4 * width), 4 * width * y);
    buffer.destroy();
    texture.destroy();
    return pixels;
  }

  const bytesRead = async () => (await executorInfo('gpu')).stats.bytesRead;
  const sameAs = (pixels: Uint8Array, expected: Uint8ClampedArray) =>
    expect(Buffer.compare(Buffer.from(pixels), Buffer.from(expected))).toBe(0);

  it.each([
    ['the whole image', undefined],
    ['a part of it', { y: [7, 140], x: [5, 300] } as const],
    ['a pixel', { y: [149, 150], x: [332, 333] } as const],
  ])('%s: on the device, nothing is read back', async (_name, region) => {
    const smooth = gaussianFilter(image, 1.5);
    const before = await bytesRead();
    const texture = await toGPUTexture(smooth, device, { ...options, region });
    expect(await bytesRead()).toBe(before);
    const expected = await toPixels(smooth, { ...options, region });
    expect(await bytesRead()).toBeGreaterThan(before);
    expect([texture.width, texture.height, texture.format]).toEqual([
      expected.width,
      expected.height,
      'rgba8unorm',
    ]);
    sameAs(await pixelsOf(texture), expected.data);
    const again = await toGPUTexture(smooth, device, { ...options, region, device: 'cpu' });
    const onCpu = await toPixels(smooth, { ...options, region, device: 'cpu' });
    sameAs(await pixelsOf(again), onCpu.data);
  });

  it('layers, and rows of whole 256 bytes', async () => {
    const square = image.slice([0, 128], [0, 256]);
    const layers = [
      { image: square, window: [0, 4000] as const, color: 'FF0000' },
      { image: square.add(500), window: [0, 4000] as const, color: '00FF80' },
    ];
    const texture = await toGPUTexture(layers, device, { usage: 0x10 });
    expect(texture.usage).toBe(0x17);
    sameAs(await pixelsOf(texture), (await toPixels(layers)).data);
  });

  it('refuses what cannot be, and destroys what it began', async () => {
    await expect(toGPUTexture(image, {} as GPUDevice)).rejects.toThrow(ArgumentError);
    const region = { y: [0, 10], x: [0, 334] } as const;
    await expect(toGPUTexture(image, device, { ...options, region })).rejects.toThrow('region');
    const wide = fromArray(new Uint8Array(10_000), { shape: [1, 10_000] });
    await expect(toGPUTexture(wide, device)).rejects.toThrow("the device's textures may have");
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(toGPUTexture(image, device, { ...options, signal })).rejects.toThrow('enough');
  });
});
