// Computed images as viewers read them: a Zarr store, Viv's sources, pictures.
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import { virtualZarr } from '../../src/adapters/virtualZarr';
import { vivPixelSources } from '../../src/adapters/viv';
import {
  ArgumentError,
  fromArray,
  fromSource,
  type LazyArray,
  openOmeZarr,
  toPixels,
  toPng,
} from '../../src/index';

const ramp = (shape: number[], chunks: number[], names?: string[]): LazyArray =>
  fromArray(
    Uint16Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i * 7919) % 65536),
    { shape, chunks, dimensionNames: names },
  );

/** Every second pixel: a level of half the size. */
const half = (image: LazyArray): LazyArray =>
  image.select({ y: [0, image.shape[image.axis('y')], 2], x: [0, image.shape[image.axis('x')], 2] });

/** An array whose chunks never come, unless they are aborted. */
function pending() {
  let aborted = 0;
  let started = () => {};
  const reading = new Promise<void>((resolve) => {
    started = resolve;
  });
  const array = fromSource({
    key: `pending-${Math.random()}`,
    ...{ shape: [64, 64], chunks: [64, 64], dtype: 'uint8', dimensionNames: ['y', 'x'] },
    readChunk: (_index, { signal } = {}) =>
      new Promise((_resolve, reject) => {
        started();
        signal?.addEventListener('abort', () => {
          aborted++;
          reject(signal.reason);
        });
      }),
  });
  return { array, reading, aborted: () => aborted };
}

describe('virtualZarr', () => {
  const image = ramp([2, 50, 70], [1, 32, 32], ['c', 'y', 'x']);
  const computed = image.add(1);

  it('zarrita reads the computed values, edge chunks included', async () => {
    const store = virtualZarr([computed, half(computed)]);
    for (const [i, level] of [computed, half(computed)].entries()) {
      const array = await zarr.open.v3(new zarr.Location(store, `/${i}`), { kind: 'array' });
      const { data, shape } = await zarr.get(array);
      const expected = await level.compute();
      expect(shape).toEqual(expected.shape);
      expect(data).toEqual(expected.data);
    }
  });

  it('describes axes, sizes, channels and labels as OME-Zarr 0.5', async () => {
    const labels = image.gt(1000).astype('uint32');
    const window = { min: 0, max: 9, start: 1, end: 8 };
    const store = virtualZarr([computed, half(computed)], {
      name: 'smooth',
      scale: [1, 0.5, 0.25],
      translation: [0, 10, 20],
      channels: ['a', 'b'].map((label) => ({ label, color: '00FF00', active: true, window })),
      labels: { nuclei: { levels: labels, imageLabel: { colors: [] } } },
    });
    const opened = await openOmeZarr(store);
    expect([opened.version, opened.name, opened.levelCount]).toEqual(['0.5', 'smooth', 2]);
    expect(opened.scale(1)).toEqual([1, 1, 0.5]);
    expect(opened.translation(1)).toEqual([0, 10.25, 20.125]);
    expect(opened.channels[1]).toMatchObject({ label: 'b', color: '00FF00', window });
    expect(opened.labelNames).toEqual(['nuclei']);
    const nuclei = await opened.label('nuclei');
    expect((await nuclei.level(0).compute()).data).toEqual((await labels.compute()).data);
  });

  it('answers ranges, and nothing where nothing is', async () => {
    const store = virtualZarr(computed);
    const whole = (await store.get('/0/c/1/1/2'))!;
    expect(whole.length).toBe(32 * 32 * 2);
    expect(await store.getRange('/0/c/1/1/2', { offset: 4, length: 6 })).toEqual(whole.subarray(4, 10));
    expect(await store.getRange('/0/c/1/1/2', { suffixLength: 3 })).toEqual(whole.subarray(-3));
    for (const key of ['/zarr.json', '/0/zarr.json', '/0/c/1/1/2'] as const)
      expect(store.size(key)).toBe((await store.get(key))!.length);
    for (const key of ['/0/c/2/0/0', '/0/c/0/0', '/1/zarr.json', '/.zattrs'] as const)
      expect([await store.get(key), store.size(key)]).toEqual([undefined, undefined]);
  });

  it('a reader that leaves stops the computation', async () => {
    const { array, reading, aborted } = pending();
    const controller = new AbortController();
    const chunk = virtualZarr(array).get('/0/c/0/0', { signal: controller.signal });
    await reading;
    controller.abort(new Error('gone'));
    await expect(chunk).rejects.toThrow('gone');
    expect(aborted()).toBe(1);
  });

  it.each([
    ['levels', () => virtualZarr([])],
    ['levels[1]', () => virtualZarr([image, image.astype('uint8')])],
    ['levels[1]', () => virtualZarr([half(image), image])],
    ['axes', () => virtualZarr(image, { axes: [{ name: 'y' }] })],
    ['scale', () => virtualZarr(image, { scale: [1, 1] })],
  ])('%s that do not fit are refused', (argument, make) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(argument);
  });
});

describe('vivPixelSources', () => {
  const image = ramp([3, 50, 70], [1, 32, 32], ['c', 'y', 'x']);

  it('tiles and planes have the computed values; edge tiles are cut', async () => {
    const [source, small] = vivPixelSources([image, half(image)]);
    expect([source.dtype, source.tileSize, source.labels]).toEqual(['Uint16', 32, ['c', 'y', 'x']]);
    const tile = await source.getTile({ x: 2, y: 1, selection: { c: 1 } });
    const { data } = await image.read([
      [1, 2],
      [32, 50],
      [64, 70],
    ]);
    expect(tile).toEqual({ data, width: 6, height: 18 });
    const plane = await small.getRaster({ selection: { c: 2 } });
    expect(plane).toEqual({ data: (await half(image).slice(2).compute()).data, width: 35, height: 25 });
  });

  it('physical sizes come from the axes', () => {
    const axes = [{ name: 'c' }, { name: 'y', unit: 'micrometer' }, { name: 'x', unit: 'micrometer' }];
    const [, small] = vivPixelSources([image, half(image)], { axes, scale: [1, 0.2, 0.1] });
    expect(small.meta.physicalSizes).toEqual({
      y: { size: 0.4, unit: 'micrometer' },
      x: { size: 0.2, unit: 'micrometer' },
    });
  });

  it('interleaved colours are the last label', async () => {
    const colors = ramp([20, 30, 3], [16, 16, 3], ['y', 'x', 'c']).astype('uint8');
    const [source] = vivPixelSources(colors);
    expect(source.labels).toEqual(['y', 'x', '_c']);
    const tile = await source.getTile({ x: 0, y: 1, selection: {} });
    expect([tile.width, tile.height, tile.data.length]).toEqual([16, 4, 16 * 4 * 3]);
  });

  it('throws what Viv takes for an abort', async () => {
    const { array, reading, aborted } = pending();
    const controller = new AbortController();
    const tile = vivPixelSources(array)[0].getTile({ x: 0, y: 0, selection: {}, signal: controller.signal });
    await reading;
    controller.abort();
    await expect(tile).rejects.toBe('__vivSignalAborted');
    expect(aborted()).toBe(1);
  });

  it('reports failures but not tiles beyond the image', async () => {
    const errors: Error[] = [];
    const [source] = vivPixelSources(image, { onError: (error) => errors.push(error) });
    const beyond = await source.getTile({ x: 9, y: 0, selection: { c: 0 } }).catch((error) => error);
    source.onTileError(beyond);
    expect(errors).toEqual([]);
    source.onTileError(new Error('decoding failed'));
    expect(errors).toHaveLength(1);
  });

  it.each([
    ['levels', () => vivPixelSources(image.astype('int64'))],
    ['axes', () => vivPixelSources(image.rename(['c', 'x', 'y']))],
    ['tileSize', () => vivPixelSources(image, { tileSize: 100 })],
  ])('%s that Viv cannot show are refused', (argument, make) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(argument);
  });
});

describe('pictures', () => {
  const plane = fromArray(Uint16Array.of(0, 50, 100, 200, 300, 65535), { shape: [2, 3] });

  it('a plane is windowed, halves rounded up', async () => {
    const { data, width, height } = await toPixels(plane, { window: [0, 200] });
    expect([width, height]).toEqual([3, 2]);
    expect([...data.filter((_, i) => i % 4 === 0)]).toEqual([0, 64, 128, 255, 255, 255]);
    expect([...data.filter((_, i) => i % 4 === 3)]).toEqual([255, 255, 255, 255, 255, 255]);
  });

  it('layers add up as light does', async () => {
    const { data } = await toPixels(
      [
        { image: plane, window: [0, 100], color: '#FF0000' },
        { image: plane, window: [0, 200], color: 'FF8000' },
      ],
      { region: { y: [0, 1], x: [1, 3] } },
    );
    expect([...data]).toEqual([191, 32, 0, 255, 255, 64, 0, 255]);
  });

  it.each([3, 4])('%d colours stay as they are', async (channels) => {
    const bytes = Uint8Array.from({ length: 2 * 2 * channels }, (_, i) => i * 15);
    const { data } = await toPixels(fromArray(bytes, { shape: [2, 2, channels] }));
    for (let i = 0; i < 4; i++) {
      const pixel = [...bytes.subarray(i * channels, (i + 1) * channels)];
      expect([...data.subarray(i * 4, i * 4 + 4)]).toEqual(channels === 3 ? [...pixel, 255] : pixel);
    }
  });

  it('PNG keeps 16 bits', async () => {
    const file = decode(await toPng(plane));
    expect([file.width, file.height, file.depth, file.channels]).toEqual([3, 2, 16, 1]);
    expect([...file.data]).toEqual([0, 50, 100, 200, 300, 65535]);
  });

  it.each([
    ['window', () => toPixels(plane.astype('float32'))],
    ['window', () => toPixels(plane, { window: [5, 5] })],
    ['color', () => toPixels(plane, { color: 'red' })],
    ['layers', () => toPixels([])],
    ['image', () => toPixels(fromArray(new Uint8Array(8), { shape: [2, 2, 2] }))],
    ['image', () => toPng(plane.astype('float32'))],
  ])('%s that cannot be shown are refused', async (argument, make) => {
    const error = await make().catch((error) => error);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.argument).toBe(argument);
  });
});
