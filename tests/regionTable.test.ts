// What a region table is besides its numbers: columns, units, several images, and what it refuses.
import { tableFromIPC } from '@uwdata/flechette';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  fromArray,
  openOmeZarr,
  REGION_PROPERTIES,
  regionTable,
  writeOmeZarr,
} from '../src/index';
import { LabelTable } from '../src/ops/ndmeasure/labelTable';

const shape = [4, 6];
const labelImage = fromArray(
  Uint8Array.from([
    ...[0, 7, 7, 0, 0, 0],
    ...[0, 7, 7, 0, 3, 0],
    ...[0, 0, 0, 0, 3, 0],
    ...[0, 0, 0, 0, 3, 0],
  ]),
  { shape, dimensionNames: ['y', 'x'] },
);
const image = fromArray(
  Float32Array.from({ length: 24 }, (_, i) => i),
  { shape },
);
const device = 'cpu';
const any = (value: unknown) => value as never;

describe('columns', () => {
  test('come in the order asked for, labels ascending', async () => {
    const properties = ['perimeter', 'label', 'bbox', 'touches_border', 'area_convex'] as const;
    const table = await regionTable([], { labelImage, properties, device });
    expect(table.columnNames).toEqual([
      ...['perimeter', 'label', 'bbox-0', 'bbox-1', 'bbox-2', 'bbox-3', 'touches_border', 'area_convex'],
    ]);
    expect(table.column('label')).toEqual(Uint32Array.of(3, 7));
    expect(table.row(1)).toEqual({
      ...{ perimeter: 4, label: 7, touches_border: 1, area_convex: 4 },
      ...{ 'bbox-0': 0, 'bbox-1': 1, 'bbox-2': 2, 'bbox-3': 3 },
    });
    expect(() => table.column('weight')).toThrow(/^name: .*"weight"/);
    expect(() => table.row(2)).toThrow(/^i: .*2/);
  });

  test('go into Arrow and come out the same', async () => {
    const table = await regionTable(image, { labelImage, device });
    for (const format of ['stream', 'file'] as const) {
      const read = tableFromIPC(await table.toArrow(format));
      expect(read.names).toEqual(table.columnNames);
      for (const [name, column] of Object.entries(table.columns))
        expect(read.getChild(name).toArray()).toEqual(column);
    }
    await expect(table.toArrow(any('parquet'))).rejects.toThrow(/^format: .*"parquet"/);
  });

  test('by default are those of one pass, without images those of shapes', async () => {
    const table = await regionTable(image, { labelImage, device });
    expect(table.columnNames).toContain('intensity_std');
    const shapes = await regionTable([], { labelImage, device });
    expect(shapes.columnNames).toEqual([
      ...['label', 'area', 'bbox-0', 'bbox-1', 'bbox-2', 'bbox-3', 'centroid-0', 'centroid-1'],
    ]);
    expect(shapes.units).toMatchObject({ area: 'pixel^2', 'centroid-0': 'pixel', 'bbox-0': 'pixel' });
  });

  test('of several images end in the number of the image', async () => {
    const properties = ['centroid_weighted', 'intensity_max', 'area'] as const;
    const table = await regionTable([image, image.negative()], { labelImage, properties, device });
    expect(table.columnNames).toEqual([
      ...['centroid_weighted-0-0', 'centroid_weighted-1-0', 'centroid_weighted-0-1', 'centroid_weighted-1-1'],
      ...['intensity_max-0', 'intensity_max-1', 'area'],
    ]);
    expect(Array.from(table.column('intensity_max-1'))).toEqual([-10, -1]);
  });

  test('can be taken by row, and written', async () => {
    const table = await regionTable(image, { labelImage, properties: ['label', 'intensity_mean'], device });
    const taken = table.take([1, 0, 1]);
    expect(taken.toCSV()).toBe('label,intensity_mean\r\n7,4.5\r\n3,16\r\n7,4.5\r\n');
    expect(taken.toJSON()[0]).toEqual({ label: 7, intensity_mean: 4.5 });
    expect(() => table.take([2])).toThrow(/^rows\[0\]: .*2/);
  });
});

describe('pixel size', () => {
  const properties = ['area', 'centroid', 'perimeter', 'axis_major_length', 'bbox'] as const;

  test('scales lengths and areas, and names their unit', async () => {
    const pixelSize = { scale: { x: 0.5, y: 0.5, c: 9 }, unit: 'micrometer' };
    const table = await regionTable([], { labelImage, properties, pixelSize, device });
    expect(table.row(0)).toMatchObject({
      area: 0.75,
      'centroid-0': 1,
      'centroid-1': 2,
      perimeter: 0.5,
      'bbox-2': 4,
    });
    expect(table.units).toMatchObject({ area: 'micrometer^2', perimeter: 'micrometer', 'bbox-0': 'pixel' });
  });

  test('may be one number, or one per axis', async () => {
    const one = await regionTable([], { labelImage, properties, pixelSize: 0.5, device });
    const both = await regionTable([], { labelImage, properties, pixelSize: [0.5, 0.5], device });
    expect(one.toJSON()).toEqual(both.toJSON());
  });

  test('is what an OME-Zarr image says, whichever axes were selected', async () => {
    const store = new Map<string, Uint8Array>();
    const axes = ['c', 'y', 'x'].map((name) => ({
      name,
      type: name === 'c' ? 'channel' : 'space',
      ...(name === 'c' ? {} : { unit: 'micrometer' }),
    }));
    const channels = fromArray(new Uint8Array(24).fill(1), { shape: [1, ...shape] });
    await writeOmeZarr(channels, store, { axes, scale: [1, 0.5, 0.25] });
    const opened = await openOmeZarr(store);
    expect(opened.pixelSize(0)).toEqual({ scale: { c: 1, y: 0.5, x: 0.25 }, unit: 'micrometer' });
    const table = await regionTable([], {
      labelImage: opened.level(0).select({ c: 0 }),
      properties: ['area'],
      pixelSize: opened.pixelSize(0),
      device,
    });
    expect(Array.from(table.column('area'))).toEqual([3]);
  });
});

describe('refuses', () => {
  const solid = fromArray(new Uint8Array(8), { shape: [2, 2, 2] });
  const tiny4D = fromArray(new Uint8Array(16), { shape: [2, 2, 2, 2] });
  const options = { labelImage, device } as const;

  test.each([
    ['labelImage', () => regionTable(image, { labelImage: solid, device })],
    ['labelImage', () => regionTable([], { labelImage: image, device })],
    ['labelImage', () => regionTable(image, any({}))],
    ['image', () => regionTable(any(3), options)],
    ['image[1]', () => regionTable([image, any(3)], options)],
    ['properties', () => regionTable(image, { ...options, properties: any(['weight']) })],
    ['properties', () => regionTable(image, { ...options, properties: any(['toString']) })],
    ['properties', () => regionTable(image, { ...options, properties: any('area') })],
    ['properties', () => regionTable([], { ...options, properties: ['intensity_mean'] })],
    ['properties', () => regionTable([], { labelImage: solid, properties: ['perimeter'], device })],
    ['properties', () => regionTable([], { labelImage: tiny4D, properties: ['area_convex'], device })],
    ['pixelSize', () => regionTable([], { ...options, pixelSize: 0 })],
    ['pixelSize[1]', () => regionTable([], { ...options, pixelSize: [1, Number.NaN] })],
    ['pixelSize', () => regionTable([], { ...options, pixelSize: [1, 1, 1] })],
    ['pixelSize.scale.x', () => regionTable([], { ...options, pixelSize: { scale: { y: 1 } } })],
    ['pixelSize', () => regionTable([], { ...options, pixelSize: [1, 2], properties: ['perimeter'] })],
  ])('%s', async (argument, call) => {
    const error = await call().catch((e) => e);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.argument).toBe(argument);
  });

  test('nothing that it names itself', async () => {
    const table = await regionTable(image, { ...options, properties: REGION_PROPERTIES });
    expect(table.length).toBe(2);
  });
});

describe('label tables', () => {
  const format = {
    width: 2,
    merge(table: Float64Array, to: number, rows: Float64Array, from: number) {
      table[to] += rows[from];
      table[to + 1] += rows[from + 1];
    },
  };

  test('hold any labels, and many', () => {
    const table = new LabelTable(format);
    const rows = Float64Array.of(1, 2);
    const labels = Array.from({ length: 5000 }, (_, i) => (i * 858993) % 0xffffffff || 1);
    for (const label of labels) table.merge(label, rows, 0);
    for (const label of labels) table.merge(label, rows, 0);
    expect(table.size).toBe(new Set(labels).size);
    expect(Array.from(table.labels)).toEqual([...new Set(labels)].sort((a, b) => a - b));
    for (const label of labels) expect(table.rows[table.find(label) + 1]).toBe(4);
    for (const label of [0, -1, 2, 0.5, 2 ** 40]) expect(table.find(label)).toBe(-1);
  });

  test('hold labels 1..n in order', () => {
    const table = new LabelTable(format, 3);
    table.merge(3, Float64Array.of(5, 6), 0);
    expect([table.size, table.find(3), table.find(1), table.find(4)]).toEqual([1, 4, -1, -1]);
    expect(Array.from(table.labels)).toEqual([3]);
  });
});
