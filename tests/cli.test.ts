// The command line as users have it: dist/cli.js in a process of its own.
import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileSystemStore } from '@zarrita/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import { ensureSample } from '../scripts/sample.mjs';
import { type label, openOmeZarr, parsePipeline, type RegionTable, runPipeline } from '../src/index';
import { NodeStore } from '../src/node';
import { startServer } from './helpers/server';
import { DATA_DIRECTORY, hasData } from './helpers/tiff';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const NUCLEI = fileURLToPath(new URL('../docs/examples/nuclei.json', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const tilewise = (...args: string[]): Promise<Ended> => node(CLI, ...args);

const node = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });

let directory: string;
let sample: string;
const path = (...names: string[]) => join(directory, ...names);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tilewise-cli-'));
  sample = await ensureSample(directory, { size: 1024 });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('tilewise', () => {
  it('says what it is', async () => {
    expect(await tilewise('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    const help = await tilewise('--help');
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(/info .*\n(.*\n)* *run /);
  });

  it('runs by its name, as npm links it', async () => {
    await symlink(CLI, path('tilewise'));
    expect(readFileSync(CLI, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    const stdout = await new Promise((resolve) => {
      execFile(process.execPath, [path('tilewise'), '--version'], (_, text) => resolve(text));
    });
    expect(stdout).toBe(`${version}\n`);
  });
});

describe('tilewise info', () => {
  it('describes an OME-Zarr image', async () => {
    const { code, stdout, stderr } = await tilewise('info', sample);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('OME-Zarr 0.5');
    expect(stdout).toContain('DAPI (nuclei) #4D7CFF');
    expect(stdout).toMatch(/^0 +2 x 1024 x 1024 +1 x 512 x 512 +uint16 +1 x 0\.325 x 0\.325$/m);
    const description = JSON.parse((await tilewise('info', '--json', sample)).stdout);
    expect(description).toMatchObject({
      format: 'OME-Zarr',
      axes: [{ name: 'c' }, { name: 'y' }, { name: 'x' }],
    });
    expect(description.levels[0]).toMatchObject({ shape: [2, 1024, 1024], dtype: 'uint16' });
  });

  it('describes an array', async () => {
    const { code, stdout } = await tilewise('info', join(sample, '0'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'Zarr array',
      shape: [2, 1024, 1024],
      dimensionNames: ['c', 'y', 'x'],
    });
  });
});

describe('tilewise run', () => {
  it('writes what the library computes', async () => {
    const out = path('out');
    const { code, stderr } = await tilewise('run', NUCLEI, sample, out, '--select', 'c=0', '--workers', '1');
    expect(stderr).toMatch(
      /^labels: uint32 1024 x 1024 -> [^\n]+\ntable: \d+ objects -> [^\n]+\ncount: [^\n]+\n$/,
    );
    expect(code).toBe(0);
    const image = (await openOmeZarr(new NodeStore(sample))).level(0).select({ c: 0 });
    const expected = await runPipeline(parsePipeline(readFileSync(NUCLEI, 'utf8')), { image });
    const table = expected.table as RegionTable;
    expect(table.length).toBeGreaterThan(10);
    expect(readFileSync(join(out, 'table.csv'), 'utf8')).toBe(table.toCSV());
    expect(JSON.parse(readFileSync(join(out, 'table.json'), 'utf8'))).toEqual(table.toJSON());
    expect(JSON.parse(readFileSync(join(out, 'count.json'), 'utf8'))).toBe(table.length);
    const root = zarr.root(new FileSystemStore(join(out, 'labels.zarr')));
    const labels = await zarr.get(await zarr.open.v3(root.resolve('0'), { kind: 'array' }));
    const own = await (expected.labels as ReturnType<typeof label>['labels']).compute();
    expect(labels.data).toEqual(own.data);
    const group = await zarr.open.v3(root, { kind: 'group' });
    const { multiscales } = group.attrs.ome as { multiscales: { axes: object[]; datasets: object[] }[] };
    expect(multiscales[0].axes).toEqual([
      { name: 'y', type: 'space', unit: 'micrometer' },
      { name: 'x', type: 'space', unit: 'micrometer' },
    ]);
    expect(multiscales[0].datasets[0]).toMatchObject({
      coordinateTransformations: [{ scale: [0.325, 0.325] }, {}],
    });
    expect(readdirSync(out).sort()).toEqual(['count.json', 'labels.zarr', 'table.csv', 'table.json']);
  });

  it('takes a level, a part, one format, and only replaces when told', async () => {
    const args = [
      'run',
      NUCLEI,
      sample,
      path('part'),
      '--level',
      '1',
      '--select',
      'c=0,y=0:100',
      'x=-100:512',
    ];
    const first = await tilewise(...args, '--format', 'csv', '--quiet', '--device', 'cpu', '--memory', '64');
    expect(first).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readdirSync(path('part')).sort()).toEqual(['count.json', 'labels.zarr', 'table.csv']);
    const { levels } = JSON.parse((await tilewise('info', '--json', path('part', 'labels.zarr'))).stdout);
    expect(levels[0]).toMatchObject({ shape: [100, 100], scale: [0.65, 0.65] });
    expect(levels[0].translation[1] - levels[0].translation[0]).toBeCloseTo(412 * 0.65);
    const again = await tilewise(...args);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/exists already \(--overwrite/) });
    expect((await tilewise(...args, '--overwrite')).code).toBe(0);
  });

  it('writes arrays that are no images as Zarr', async () => {
    await writeFile(
      path('profile.json'),
      JSON.stringify({
        tilewise: 1,
        inputs: ['in'],
        steps: {
          profile: { call: 'mean', args: ['@in'] },
          rows: { call: 'LazyArray.mean', args: ['@in'], options: { axis: ['c', 'x'] } },
        },
        outputs: { rows: '@rows', mean: '@profile' },
      }),
    );
    const { code, stderr } = await tilewise('run', path('profile.json'), sample, path('profile'));
    expect(stderr).toContain('note: the pipeline runs over all 2 of axis c');
    expect(code).toBe(0);
    const info = JSON.parse((await tilewise('info', '--json', path('profile', 'rows.zarr'))).stdout);
    expect(info).toMatchObject({ format: 'Zarr array', shape: [1024], dtype: 'float64' });
    expect(JSON.parse(readFileSync(path('profile', 'mean.json'), 'utf8'))).toBeGreaterThan(100);
  });

  it('stops at Ctrl-C and leaves nothing half-written', async () => {
    const slow = { call: 'gaussianFilter', args: ['@in', 60] };
    await writeFile(
      path('slow.json'),
      JSON.stringify({ tilewise: 1, inputs: ['in'], steps: { slow }, outputs: { slow: '@slow' } }),
    );
    const child = spawn(process.execPath, [
      CLI,
      'run',
      path('slow.json'),
      sample,
      path('slow'),
      '--workers',
      '1',
    ]);
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
      // The note comes when the work begins.
      if (String(text).startsWith('note')) setTimeout(() => child.kill('SIGINT'), 20);
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(stderr).toMatch(/tilewise: interrupted\n$/);
    expect(code).toBe(130);
    expect(existsSync(path('slow')) ? readdirSync(path('slow')) : []).toEqual([]);
  });
});

describe('README', () => {
  it('has an example that runs', async () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const [, example] = /```js\n([^`]+)```/.exec(readme) ?? [];
    const server = await startServer(directory);
    // Inside the package, so that its own name resolves.
    const file = fileURLToPath(new URL(`../dist/readme-${process.pid}.mjs`, import.meta.url));
    try {
      await writeFile(file, example.replace(/'https:[^']+'/, `'${server.url}/sample.ome.zarr'`));
      const { code, stdout, stderr } = await node(file);
      expect(stderr).toBe('');
      expect(stdout).toMatch(/^\[ 512, 512 \] \d+ \{\n {2}label: 1,\n {2}area: /);
      expect(code).toBe(0);
    } finally {
      await rm(file);
      await server.close();
    }
  });
});

describe('bad input', () => {
  const run = (...rest: string[]) => ['run', NUCLEI, sample, path('bad'), ...rest];
  const cases: Record<string, [args: () => string[], message: RegExp]> = {
    'no such path': [() => ['info', path('nothing')], /nothing: no such file/],
    'an empty location': [() => ['info', ''], /location: expected a URL or a path/],
    'a directory that is no Zarr': [() => ['info', tmpdir()], /nothing here: no zarr\.json/],
    'a file that is no Zarr': [() => ['info', NUCLEI], /nothing here|not a directory/],
    'a server that is not there': [
      () => ['info', 'http://127.0.0.1:9/image.zarr'],
      /127\.0\.0\.1:9.*request failed/,
    ],
    'no pipeline': [() => ['run', path('no.json'), sample, path('bad')], /no\.json: ENOENT/],
    'a pipeline that is no JSON': [() => ['run', CLI, sample, path('bad')], /pipeline: expected JSON/],
    'a pipeline that is no pipeline': [
      () => ['run', join(sample, 'zarr.json'), sample, path('bad')],
      /^tilewise: pipeline: expected only/,
    ],
    'a level that is not there': [
      () => run('--level', '7'),
      /--level: expected an integer from 0 to 1, received 7/,
    ],
    'a level of an array': [
      () => ['run', NUCLEI, join(sample, '0'), path('bad'), '--level', '0'],
      /--level: expected no level/,
    ],
    'a selection that cannot be read': [() => run('--select', 'c'), /--select: expected dimension=index/],
    'a dimension that is not there': [
      () => run('--select', 'q=1'),
      /dimension: expected one of c, y, x, received "q"/,
    ],
    'an index out of bounds': [
      () => run('--select', 'c=2'),
      /selection\.c: expected an integer from -2 to 1, received 2/,
    ],
    'an unknown device': [
      () => run('--device', 'tpu'),
      /'tpu' is invalid. Allowed choices are auto, cpu, gpu/,
    ],
    'a number that is none': [() => run('--workers', 'many'), /'many' is invalid/],
    'an unknown option': [() => run('--fast'), /unknown option '--fast'/],
    'an unknown command': [() => ['walk'], /unknown command 'walk'/],
    'an argument too few': [() => ['run', NUCLEI], /missing required argument 'in'/],
    'an output that cannot be written': [
      () => ['run', NUCLEI, sample, join(NUCLEI, 'out'), '--select', 'c=0'],
      /ENOTDIR|not a directory/,
    ],
  };
  it.each(Object.entries(cases))('%s: one line and a failure', async (_, [args, message]) => {
    const { code, stdout, stderr } = await tilewise(...args());
    const lines = stderr.split('\n').filter((line) => !line.startsWith('note: '));
    expect(lines.join('\n')).toMatch(message);
    expect(lines).toEqual([expect.stringMatching(/^tilewise: /), '']);
    expect(stdout).toBe('');
    expect(code).toBe(1);
    expect(existsSync(path('bad'))).toBe(false);
  });

  it('names the step of a pipeline, and prints the stack when asked', async () => {
    const pipeline = JSON.parse(readFileSync(NUCLEI, 'utf8'));
    pipeline.steps.smooth.args[1] = -2;
    await writeFile(path('negative.json'), JSON.stringify(pipeline));
    const args = ['run', path('negative.json'), sample, path('bad'), '--select', 'c=0'];
    const short = await tilewise(...args);
    expect(short.stderr).toMatch(
      /^tilewise: steps\.smooth \(gaussianFilter\) sigma: expected .* received -2\n$/,
    );
    const long = await tilewise(...args, '--verbose');
    expect(long.stderr).toMatch(/\n {4}at /);
    expect([short.code, long.code]).toEqual([1, 1]);
  });
});

describe.skipIf(!hasData())('tilewise run on a pattern', () => {
  const images = ['bbbc007-20P1_POS0005_D_1UL', 'bbbc007-20P1_POS0007_D_1UL'];

  beforeAll(async () => {
    const folder = path('batch');
    await mkdir(folder);
    for (const name of images)
      await symlink(join(DATA_DIRECTORY, `${name}.tif`), join(folder, `${name}.tif`));
    await writeFile(join(folder, 'broken.tif'), 'II*');
  });

  it('writes the outputs of each image, and one table of all; failures are told', async () => {
    const out = path('batch-out');
    const { code, stderr } = await tilewise('run', NUCLEI, path('batch', '*.tif'), out, '--jobs', '1');
    expect(stderr).toContain('broken failed: ');
    expect(stderr).toContain('tilewise: 1 of 3 images failed: broken');
    expect(code).toBe(1);
    const lines = readFileSync(join(out, 'table.csv'), 'utf8').trimEnd().split('\r\n');
    const counts = images.map((name) => Number(readFileSync(join(out, name, 'count.json'), 'utf8')));
    expect(lines).toHaveLength(1 + counts[0] + counts[1]);
    expect(counts.every((count) => count > 10)).toBe(true);
    for (const [i, name] of images.entries()) {
      expect(lines.filter((line) => line.startsWith(`${name},`))).toHaveLength(counts[i]);
      const alone = await tilewise('run', NUCLEI, path('batch', `${name}.tif`), path('alone', name));
      expect(alone.code).toBe(0);
      const table = readFileSync(path('alone', name, 'table.csv'), 'utf8')
        .trimEnd()
        .split('\r\n');
      const own = lines
        .filter((line) => line.startsWith(`${name},`))
        .map((line) => line.slice(name.length + 1));
      expect(own).toEqual(table.slice(1));
      const labels = await openOmeZarr(new NodeStore(join(out, name, 'labels.zarr')));
      expect(await labels.level(0).max().item()).toBe(counts[i]);
    }
    expect(existsSync(join(out, 'broken'))).toBe(false);
    const again = await tilewise('run', NUCLEI, path('batch', '*.tif'), out);
    expect(again.stderr).toContain('exists already');
  });

  it('that matches nothing', async () => {
    const { code, stderr } = await tilewise('run', NUCLEI, path('batch', '*.png'), path('none'));
    expect(code).toBe(1);
    expect(stderr).toContain('matches no file or folder');
  });
});
