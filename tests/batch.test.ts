// The same analysis on many images.
import { describe, expect, it, vi } from 'vitest';
import {
  ArgumentError,
  type BatchSource,
  BatchTable,
  forEachImage,
  fromArray,
  label,
  parsePipeline,
  RegionTable,
  regionTable,
} from '../src/index';

const pipeline = parsePipeline({
  tilewise: 1,
  inputs: ['image'],
  steps: {
    mask: { call: 'gt', args: ['@image', 10] },
    objects: { call: 'label', args: ['@mask'] },
    table: { call: 'regionTable', args: ['@image'], options: { labelImage: '@objects.labels' } },
  },
  outputs: { labels: '@objects.labels', table: '@table', count: '@objects.count' },
});

/** An image of `i % 4` squares that are `i` bright. */
function picture(i: number) {
  const data = new Uint8Array(32 * 32);
  for (let n = 0; n < i % 4; n++)
    for (let y = 0; y < 3; y++) data.fill(i + 11, (8 * n + y) * 32 + 4, (8 * n + y) * 32 + 7);
  return fromArray(data, { shape: [32, 32], chunks: [16, 16] });
}

const source = (i: number): BatchSource => ({ name: `image ${i}`, open: () => picture(i) });
const sources = (count: number) => Array.from({ length: count }, (_, i) => source(i));
const directly = async (i: number) => {
  const image = picture(i);
  return regionTable(image, { labelImage: label(image.gt(10)).labels });
};

describe('forEachImage', () => {
  it('gives one table in the order of the sources, whatever ends first', async () => {
    const { done, failures, tables } = await forEachImage(sources(9), pipeline, {
      concurrency: 4,
      onResult: ({ index }) => new Promise((resolve) => setTimeout(resolve, 20 * (4 - (index % 4)))),
    });
    expect([done, failures]).toEqual([9, []]);
    const { table } = tables;
    expect(table).toBeInstanceOf(BatchTable);
    const expected = [];
    for (let i = 0; i < 9; i++)
      for (const row of (await directly(i)).rows()) expected.push({ image: `image ${i}`, ...row });
    expect(expected).toHaveLength(0 + 1 + 2 + 3 + 0 + 1 + 2 + 3 + 0);
    expect(table.toJSON()).toEqual(expected);
    expect(table.columnNames.slice(0, 3)).toEqual(['image', 'label', 'area']);
    const [header, first] = table.toCSV().split('\r\n');
    expect(header).toBe(table.columnNames.join());
    expect(first.split(',').slice(0, 3)).toEqual(['image 1', '1', '9']);
    expect(() => table.row(table.length)).toThrow(ArgumentError);
  });

  it('an image that fails is told, and the others go on', async () => {
    const broken = new Error('no such file');
    const list = sources(6);
    list[2] = { name: 'gone', open: () => Promise.reject(broken) };
    list[4] = {
      name: 'flat',
      open: () => fromArray(new Float64Array(4), { shape: [] as never, chunks: [] }),
    };
    const told: string[] = [];
    const written: string[] = [];
    const { done, failures, tables } = await forEachImage(list, pipeline, {
      onResult: ({ name, results }) => {
        if (name === 'image 3') throw new Error('disk full');
        expect(Object.keys(results)).toEqual(['labels', 'table', 'count']);
        written.push(name);
      },
      onFailure: ({ name }) => told.push(name),
    });
    expect(done).toBe(3);
    expect(failures.map(({ name, index }) => [name, index])).toEqual([
      ['gone', 2],
      ['image 3', 3],
      ['flat', 4],
    ]);
    expect(failures[0].error).toBe(broken);
    expect(told.sort()).toEqual(['flat', 'gone', 'image 3']);
    expect(written.sort()).toEqual(['image 0', 'image 1', 'image 5']);
    expect(tables.table.images).toEqual(['image 0', 'image 1', 'image 5']);
  });

  it('opens images when their turn comes, a bounded number at a time', async () => {
    let opened = 0;
    let running = 0;
    let busiest = 0;
    async function* many() {
      for (let i = 0; i < 100; i++)
        yield {
          name: String(i),
          open: () => {
            opened++;
            busiest = Math.max(busiest, ++running);
            return picture(i);
          },
        };
    }
    const seen: number[] = [];
    const { done } = await forEachImage(
      many(),
      async (image) => ({
        sum: await (image as never as { sum(): { item(): Promise<number> } }).sum().item(),
      }),
      {
        concurrency: 3,
        onResult: ({ index }) => {
          running--;
          seen.push(index);
          // Those that run, and no more, are open.
          expect(opened).toBeLessThanOrEqual(seen.length + 3);
        },
      },
    );
    expect([done, busiest]).toEqual([100, 3]);
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('is aborted at once, and lets go of its sources', async () => {
    const controller = new AbortController();
    const returned = vi.fn();
    async function* endless() {
      try {
        for (let i = 0; ; i++) yield source(i);
      } finally {
        returned();
      }
    }
    const work = forEachImage(endless(), pipeline, {
      signal: controller.signal,
      onResult: ({ index }) => {
        if (index === 5) controller.abort(new Error('enough'));
      },
    });
    await expect(work).rejects.toThrow('enough');
    expect(returned).toHaveBeenCalled();
  });

  it('tables that differ fail the image; names are quoted in CSV', async () => {
    const column = Float64Array.of(1.5);
    const tables = [
      new RegionTable(1, { label: Uint32Array.of(1), size: column }),
      new RegionTable(1, { label: Uint32Array.of(1), length: column }),
      new RegionTable(1, { label: Uint32Array.of(7), size: column }),
    ];
    const list = ['a "b", c', 'other', 'd'].map((name, i) => ({ name, open: () => picture(i) }));
    let next = 0;
    const summary = await forEachImage(list, () => ({ table: tables[next++] }), { concurrency: 1 });
    expect(summary.failures.map(({ error }) => (error as Error).message)).toEqual([
      'table of other: expected the columns label, size, as before, received "label, length"',
    ]);
    expect(summary.tables.table.toCSV()).toBe('image,label,size\r\n"a ""b"", c",1,1.5\r\nd,7,1.5\r\n');
  });

  it('reports progress in images', async () => {
    const progress: string[] = [];
    await forEachImage(sources(3), pipeline, {
      concurrency: 1,
      onProgress: ({ stage, done, total }) => progress.push(`${stage} ${done}/${total}`),
    });
    expect(progress).toEqual([
      'images 0/3',
      'images 1/3',
      'images 1/3',
      'images 2/3',
      'images 2/3',
      'images 3/3',
    ]);
  });

  it.each([
    [() => forEachImage(5 as never, pipeline), 'sources: expected'],
    [() => forEachImage([{ name: 3 } as never], pipeline), 'sources[0]: expected'],
    [() => forEachImage([], {} as never), 'tilewise: expected'],
    [() => forEachImage([], pipeline, { concurrency: 0 }), 'concurrency: expected'],
  ])('refuses what is none (%#)', async (call, message) => {
    await expect(call()).rejects.toThrow(message);
  });
});
