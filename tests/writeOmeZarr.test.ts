// OME-Zarr as others read it: both versions, windows of channels, label images, plates.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import {
  ArgumentError,
  fromArray,
  label,
  openOmeZarr,
  platePath,
  regionTable,
  WriteError,
  writeOmeZarr,
  writeOmeZarrLabel,
  writePlate,
} from '../src/index';
import { NodeStore } from '../src/node';
import { hasZarrPython, pythonJson } from './helpers/python';

const zarrPython = await hasZarrPython();
if (!zarrPython) console.warn('tests against zarr-python skipped: no zarr 2.x found');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tilewise-ome-'));
});
afterAll(() => rm(folder, { recursive: true }));

const pixels = Uint16Array.from({ length: 2 * 75 * 101 }, (_, i) => (i * 7919) % 4093);
const image = fromArray(pixels, {
  shape: [2, 75, 101],
  chunks: [1, 32, 32],
  dimensionNames: ['c', 'y', 'x'],
});
const json = async (store: Map<string, Uint8Array>, key: string) =>
  JSON.parse(new TextDecoder().decode(store.get(key)));

describe('version 0.4', () => {
  it.skipIf(!zarrPython).each(['bool', 'int8', 'uint16', 'int64', 'float32', 'float64'] as const)(
    '%s: zarr-python reads every level as we do',
    async (dtype) => {
      const path = join(folder, `v2-${dtype}.zarr`);
      const values = dtype === 'bool' ? image.gt(2000) : image.astype(dtype);
      await writeOmeZarr(values, new NodeStore(path), { version: '0.4', levels: 3, name: 'test' });
      const script =
        'import json, sys, zarr; g = zarr.open_group(sys.argv[1], mode="r")\n' +
        'm = g.attrs["multiscales"][0]\n' +
        'a = [g[d["path"]] for d in m["datasets"]]\n' +
        'print(json.dumps(dict(version=m["version"], axes=[x["name"] for x in m["axes"]], dtypes=[str(x.dtype) for x in a],' +
        ' shapes=[x.shape for x in a], chunks=[x.chunks for x in a], data=[x[...].ravel().astype(float).tolist() for x in a])))';
      const read = await pythonJson<{
        version: string;
        axes: string[];
        dtypes: string[];
        shapes: number[][];
        chunks: number[][];
        data: number[][];
      }>(script, path);
      const ours = await openOmeZarr(new NodeStore(path));
      expect([read.version, ours.version, read.axes]).toEqual(['0.4', '0.4', ['c', 'y', 'x']]);
      expect(read.dtypes).toEqual([dtype, dtype, dtype]);
      expect(read.shapes).toEqual([
        [2, 75, 101],
        [2, 38, 51],
        [2, 19, 26],
      ]);
      expect(read.chunks[0]).toEqual([1, 32, 32]);
      expect(read.data[0]).toEqual(Array.from((await values.compute()).data, Number));
      for (const level of [0, 1, 2])
        expect(read.data[level]).toEqual(Array.from((await ours.level(level).compute()).data, Number));
    },
  );

  it('zarrita reads it, and a write that was cut off goes on', async () => {
    const whole = new Map<string, Uint8Array>();
    await writeOmeZarr(image, whole, { version: '0.4', levels: 2 });
    expect([...whole.keys()].slice(0, 4)).toEqual(['/.zgroup', '/.zattrs', '/0/.zarray', '/0/.zattrs']);
    const array = await zarr.open.v2(zarr.root(whole).resolve('0'), { kind: 'array' });
    expect((await zarr.get(array)).data).toEqual(pixels);
    const part = new Map(whole);
    for (const key of ['/0/1/1/2', '/1/1/0/1']) part.delete(key);
    await writeOmeZarr(image, part, { version: '0.4', levels: 2, resume: true });
    expect(new Map([...part].sort())).toEqual(new Map([...whole].sort()));
    const other = writeOmeZarr(image, whole, { version: '0.4', chunks: [2, 32, 32], resume: true });
    await expect(other).rejects.toThrow(WriteError);
  });

  it('refuses a version that there is none of', async () => {
    const version = '0.6' as '0.5';
    await expect(writeOmeZarr(image, new Map(), { version })).rejects.toThrow(ArgumentError);
  });
});

describe('channels', () => {
  const window = { min: 0, max: 9, start: 1, end: 2 };

  it.each(['0.5', '0.4'] as const)('windows come from the histogram, unless given (%s)', async (version) => {
    const store = new Map();
    // A thousandth of each end lies outside: channel 0 counts 0 to 9999.
    const counting = fromArray(
      Uint16Array.from({ length: 20_000 }, (_, i) => i % 10_000),
      { shape: [2, 100, 100], dimensionNames: ['c', 'y', 'x'] },
    );
    const channels = [{ label: 'DAPI', color: '#112233' }, { window }];
    await writeOmeZarr(counting, store, { version, channels });
    expect((await openOmeZarr(store)).channels).toEqual([
      { label: 'DAPI', color: '112233', active: true, window: { min: 0, max: 9999, start: 10, end: 9989 } },
      { label: 'Channel 1', color: '00FF00', active: true, window },
    ]);
  });

  it.each([
    ['float32', Float32Array.from({ length: 10_000 }, (_, i) => i / 5000 - 1), [-1, 1], [-0.998, 0.998]],
    ['int32', Int32Array.from({ length: 10_000 }, (_, i) => i * 100), [0, 999_900], [1000, 998_900]],
  ] as const)('of %s to a 4096th of the range', async (_name, data, extrema, ends) => {
    const store = new Map();
    const array = fromArray(data, { shape: [100, 100] });
    await writeOmeZarr(array, store, { channels: [{}] });
    const [{ window, label }] = (await openOmeZarr(store)).channels;
    const step = (extrema[1] - extrema[0]) / 4096;
    expect(label).toBe('Intensity');
    expect(window!.min).toBe(extrema[0]);
    expect(Math.abs(window!.max - extrema[1])).toBeLessThan(step);
    expect(Math.abs(window!.start - ends[0])).toBeLessThan(2 * step);
    expect(Math.abs(window!.end - ends[1])).toBeLessThan(2 * step);
  });

  it('a constant channel has a window, one that is not finite has none', async () => {
    const store = new Map();
    const data = Float32Array.of(3, 3, 3, 3, 1, 2, Number.NaN, 4);
    const array = fromArray(data, { shape: [2, 2, 2], dimensionNames: ['c', 'y', 'x'] });
    await writeOmeZarr(array, store, { channels: [{}, {}] });
    const [constant, broken] = (await openOmeZarr(store)).channels;
    expect(constant.window!.start).toBe(3);
    expect(constant.window!.end).toBeGreaterThan(3);
    expect(broken.window).toBeUndefined();
  });

  it('refuses another number of them', async () => {
    await expect(writeOmeZarr(image, new Map(), { channels: [{}] })).rejects.toThrow('channels: expected 2');
  });
});

describe('label images', () => {
  const plane = image.slice(0);
  const { labels } = label(plane.gt(2500));

  it.each(['0.5', '0.4'] as const)(
    'stand beside their image, with colours and properties (%s)',
    async (version) => {
      const store = new Map();
      const table = await regionTable(plane, {
        labelImage: labels,
        properties: ['label', 'area', 'centroid'],
      });
      await writeOmeZarr(image, store, { version });
      await writeOmeZarrLabel(labels, 'nuclei', store, { version, levels: 2, downsample: 'mode', table });
      await writeOmeZarrLabel(labels.gt(0).astype('uint8'), 'mask', store, {
        version,
        colors: { 1: 'ff000080', 2: '#00ff00' },
      });
      const opened = await openOmeZarr(store);
      expect(opened.labelNames).toEqual(['nuclei', 'mask']);
      const nuclei = await opened.label('nuclei');
      expect((await nuclei.level(0).compute()).data).toEqual((await labels.compute()).data);
      const { colors, properties, source } = nuclei.attributes['image-label'] as Record<string, unknown[]>;
      expect(source).toEqual({ image: '../../' });
      expect(properties).toHaveLength(table.length);
      expect(properties[4]).toEqual({
        'label-value': 5,
        area: table.column('area')[4],
        'centroid-0': table.column('centroid-0')[4],
        'centroid-1': table.column('centroid-1')[4],
      });
      expect(new Set(colors.map((color) => JSON.stringify(color))).size).toBe(table.length);
      const mask = await opened.label('mask');
      expect((mask.attributes['image-label'] as { colors: unknown }).colors).toEqual([
        { 'label-value': 1, rgba: [255, 0, 0, 128] },
        { 'label-value': 2, rgba: [0, 255, 0, 255] },
      ]);
      await writeOmeZarrLabel(labels, 'nuclei', store, { version });
      expect((await openOmeZarr(store)).labelNames).toEqual(['nuclei', 'mask']);
    },
  );

  it.each([
    [plane.astype('float32'), 'nuclei', {}, 'labels: expected labels of an integer dtype'],
    [labels, '../up', {}, 'name: expected'],
    [labels, 'nuclei', { colors: { 1: 'red' } }, 'colors.1: expected RRGGBB'],
    [labels, 'nuclei', { colors: { '-1': '000000' } }, 'colors: expected'],
    [labels, 'nuclei', { table: {} as never }, 'table: expected'],
  ] as const)('refuses what is no label image (%#)', async (array, name, options, message) => {
    const store = new Map();
    await expect(writeOmeZarrLabel(array, name, store, options)).rejects.toThrow(message);
    expect(store.size).toBe(0);
  });
});

describe('plates', () => {
  const wells = [
    { row: 'A', column: '1', fields: 2 },
    { row: 'B', column: '03' },
  ];

  it('of version 0.5: its wells list its images', async () => {
    const store = new Map<string, Uint8Array>();
    await writePlate(store, { name: 'screen', wells, columns: ['1', '02', '03'] });
    for (const well of wells)
      for (let field = 0; field < (well.fields ?? 1); field++)
        await writeOmeZarr(image, store as never, { path: platePath(well, field) });
    const { plate, version } = (await json(store, '/zarr.json')).attributes.ome;
    expect(version).toBe('0.5');
    expect(plate).toEqual({
      name: 'screen',
      rows: [{ name: 'A' }, { name: 'B' }],
      columns: [{ name: '1' }, { name: '02' }, { name: '03' }],
      wells: [
        { path: 'A/1', rowIndex: 0, columnIndex: 0 },
        { path: 'B/03', rowIndex: 1, columnIndex: 2 },
      ],
      field_count: 2,
    });
    for (const [key, ome] of [
      ['/A/zarr.json', { version: '0.5' }],
      ['/A/1/zarr.json', { version: '0.5', well: { images: [{ path: '0' }, { path: '1' }] } }],
    ] as const)
      expect((await json(store, key)).attributes.ome).toEqual(ome);
    const field = await openOmeZarr(store as never, { path: 'A/1/1' });
    expect((await field.level(0).compute()).data).toEqual(pixels);
  });

  it.skipIf(!zarrPython)('of version 0.4: zarr-python walks it', async () => {
    const path = join(folder, 'plate.zarr');
    const store = new NodeStore(path);
    await writePlate(store, { wells, version: '0.4' });
    for (const well of wells) await writeOmeZarr(image, store, { path: platePath(well), version: '0.4' });
    const script =
      'import json, sys, zarr; g = zarr.open_group(sys.argv[1], mode="r"); p = g.attrs["plate"]\n' +
      'print(json.dumps([p["version"], [[w["path"], [i["path"] for i in g[w["path"]].attrs["well"]["images"]],' +
      ' int(g[w["path"]]["0/0"][...].sum())] for w in p["wells"]]]))';
    const sum = pixels.reduce((a, b) => a + b, 0);
    expect(await pythonJson(script, path)).toEqual([
      '0.4',
      [
        ['A/1', ['0', '1'], sum],
        ['B/03', ['0'], sum],
      ],
    ]);
  });

  it.each([
    [{ wells: [] }, 'wells: expected'],
    [{ wells: [{ row: 'a/b', column: '1' }] }, 'rows: expected'],
    [{ wells, rows: ['A'] }, 'wells[1].row: expected one of A'],
    [{ wells: [...wells, wells[0]] }, 'wells[2]: expected a well not given before'],
    [{ wells: [{ row: 'A', column: '1', fields: 0 }] }, 'wells[0].fields'],
  ])('refuses what is none (%#)', async (options, message) => {
    const store = new Map();
    await expect(writePlate(store, options)).rejects.toThrow(message);
    expect(store.size).toBe(0);
  });
});
