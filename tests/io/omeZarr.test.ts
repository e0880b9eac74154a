import { describe, expect, it } from 'vitest';
import { isTilewiseError } from '../../src/core/errors';
import { writeOmeZarrLabels } from '../../src/io/omeGroups';
import { openOmeZarrMetadata } from '../../src/io/omeZarr';
import { createPyramidWriter } from '../../src/io/pyramidWriter';
import { startServer } from '../helpers/server';
import { encode, metadataV3, readAll, zarrV2Fixture } from './helpers';

const AXES = [
  { name: 'c', type: 'channel' },
  { name: 'y', type: 'space', unit: 'micrometer' },
  { name: 'x', type: 'space', unit: 'micrometer' },
];

describe('OME-Zarr 0.4', () => {
  it('is read into the model', async () => {
    const image = await openOmeZarrMetadata(zarrV2Fixture(), { path: 'ome' });
    expect(image.version).toBe('0.4');
    expect(image.name).toBe('nuclei');
    expect(image.axes).toEqual([{ ...AXES[0], unit: undefined }, AXES[1], AXES[2]]);
    expect(image.levels.map(({ path, scale, translation }) => ({ path, scale, translation }))).toEqual([
      { path: '0', scale: [1, 5, 2.5], translation: [0, 100, 200] },
      { path: '1', scale: [1, 10, 5], translation: [0, 102.5, 201.25] },
    ]);
    expect(image.omero?.channels).toEqual([
      { label: 'DAPI', color: '0000FF', active: true, window: { min: 0, max: 65535, start: 10, end: 900 } },
      { label: 'Channel 1', color: 'FFFFFF', active: true, window: undefined },
    ]);
    const { source } = image.levels[1];
    expect(source.dimensionNames).toEqual(['c', 'y', 'x']);
    expect([...(await readAll(source))]).toEqual(Array.from({ length: 32 }, (_, i) => i));
    expect(image.labels).toEqual(['cells']);
    const cells = await image.openLabel('cells');
    expect(cells.attributes['image-label']).toEqual({ version: '0.4' });
    expect(cells.levels[0].source.dtype).toBe('int32');
    expect(cells.labels).toEqual([]);
    const error = await image.openLabel('none').catch((e) => e);
    expect(isTilewiseError(error, 'NotFoundError')).toBe(true);
  });
});

describe('OME-Zarr 0.5', () => {
  it('goes round through the writer and a server, with few requests', async () => {
    const store = new Map<string, Uint8Array>();
    const omero = {
      channels: [{ label: 'a', color: 'FF0000', active: true, window: { min: 0, max: 9, start: 1, end: 5 } }],
    };
    const shape = [1, 6, 5];
    const writer = await createPyramidWriter(store, {
      path: 'img',
      name: 'test',
      axes: AXES,
      shape,
      chunks: shape,
      dtype: 'uint8',
      levels: 2,
      scale: [1, 0.5, 0.5],
      translation: [0, 3, 4],
      omero,
    });
    await writer.writeBlock(
      [0, 0, 0],
      Uint8Array.from({ length: 30 }, (_, i) => i),
    );
    await writer.close();
    const labels = await createPyramidWriter(store, {
      path: 'img/labels/nuclei',
      axes: AXES,
      shape,
      chunks: shape,
      dtype: 'int32',
      levels: 2,
      imageLabel: { colors: [] },
    });
    await labels.writeBlock([0, 0, 0], new Int32Array(30));
    await writeOmeZarrLabels(store, ['nuclei'], { path: 'img' });

    const server = await startServer(store);
    const image = await openOmeZarrMetadata(`${server.url}/img/`);
    expect(server.requests.sort()).toEqual([
      '/img/0/zarr.json',
      '/img/1/zarr.json',
      '/img/labels/zarr.json',
      '/img/zarr.json',
    ]);
    expect([image.version, image.name, image.labels]).toEqual(['0.5', 'test', ['nuclei']]);
    expect(image.axes.map(({ name }) => name)).toEqual(['c', 'y', 'x']);
    expect(image.omero).toEqual(omero);
    expect(image.levels.map(({ scale, translation }) => [scale, translation])).toEqual([
      [
        [1, 0.5, 0.5],
        [0, 3, 4],
      ],
      [
        [1, 1, 1],
        [0, 3.25, 4.25],
      ],
    ]);
    expect(image.levels[1].source.shape).toEqual([1, 3, 3]);
    expect(image.levels[0].source.dimensionNames).toEqual(['c', 'y', 'x']);
    const nuclei = await image.openLabel('nuclei');
    expect(nuclei.levels.length).toBe(2);
    expect(nuclei.attributes['image-label']).toEqual({ colors: [] });
    await server.close();
  });
});

describe('invalid OME-Zarr', () => {
  const dataset = (transforms?: unknown) => ({ path: '0', coordinateTransformations: transforms });
  const open = (attributes: unknown) =>
    openOmeZarrMetadata(
      new Map([
        ['/zarr.json', encode({ zarr_format: 3, node_type: 'group', attributes })],
        ['/0/zarr.json', metadataV3({ shape: [8], dimension_names: ['x'] })],
      ]),
    );
  const ome = (multiscale: unknown) => open({ ome: { version: '0.5', multiscales: [multiscale] } });
  const axes = [{ name: 'x' }];

  it.each([
    ['no multiscales', () => open({}), 'FormatError', 'without OME-Zarr multiscales'],
    ['a plate', () => open({ ome: { plate: { wells: [{ path: 'B/2' }] } } }), 'FormatError', 'path "B/2/0"'],
    ['a collection', () => open({ ome: { 'bioformats2raw.layout': 3 } }), 'FormatError', 'path "0"'],
    ['no datasets', () => ome({ axes, datasets: [] }), 'FormatError', 'datasets: expected at least one'],
    ['a missing level', () => ome({ axes, datasets: [{ path: '7' }] }), 'NotFoundError', '/7: nothing here'],
    [
      'wrong axes',
      () => ome({ axes: [...axes, ...axes], datasets: [dataset()] }),
      'FormatError',
      'axes: expected 1',
    ],
    ['0.6', () => ome({ coordinateSystems: [], datasets: [dataset()] }), 'FormatError', '0.6'],
    [
      'a short scale',
      () => ome({ axes, datasets: [dataset([{ type: 'scale', scale: [1, 2] }])] }),
      'FormatError',
      'scale: expected 1 numbers',
    ],
    [
      'an affine',
      () => ome({ axes, datasets: [dataset([{ type: 'affine' }])] }),
      'FormatError',
      'expected scale or translation',
    ],
  ] as const)('%s', async (_, run, name, message) => {
    const error = await run().catch((e) => e);
    expect(error.message).toContain(message);
    expect(isTilewiseError(error, name)).toBe(true);
  });

  it('tells an array from an image', async () => {
    const error = await openOmeZarrMetadata(new Map([['/zarr.json', metadataV3({})]])).catch((e) => e);
    expect(error.message).toContain('received an array');
  });

  it('takes an image without transforms', async () => {
    const image = await ome({ axes, datasets: [{ path: '0' }] });
    expect(image.levels[0]).toMatchObject({ scale: [1], translation: [0] });
    expect(image.omero).toBeUndefined();
  });
});
