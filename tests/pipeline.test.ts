// Pipelines as JSON give what the same calls give; the graph as JSON gives the same graph.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  binaryOpening,
  deserializeGraph,
  FormatError,
  fromArray,
  gaussianFilter,
  LazyArray,
  label,
  parsePipeline,
  RegionTable,
  regionTable,
  runPipeline,
  serializeGraph,
  stack,
  thresholdOtsu,
  where,
} from '../src/index';

const nuclei = JSON.parse(readFileSync(new URL('../docs/examples/nuclei.json', import.meta.url), 'utf8'));

/** Discs on a lattice over a slope. */
function discs(size = 96): LazyArray {
  const data = Uint16Array.from({ length: size * size }, (_, i) => {
    const [y, x] = [Math.floor(i / size), i % size];
    const inside = ((x % 24) - 12) ** 2 + ((y % 32) - 16) ** 2 < 49;
    return 100 + y + (inside ? 900 + x : 0);
  });
  return fromArray(data, { shape: [size, size], chunks: [40, 40], dimensionNames: ['y', 'x'] });
}

describe('runPipeline', () => {
  it('does what the calls do', async () => {
    const image = discs();
    const results = await runPipeline(parsePipeline(JSON.stringify(nuclei)), { image });
    const smooth = gaussianFilter(image, 2);
    const { labels, count } = label(binaryOpening(smooth.gt(await thresholdOtsu(smooth))));
    expect(results.labels).toBeInstanceOf(LazyArray);
    expect((results.labels as LazyArray).node.key).toBe(labels.node.key);
    expect(await (results.count as LazyArray).item()).toBe(await count.item());
    expect(await count.item()).toBe(12);
    expect(results.table).toBeInstanceOf(RegionTable);
    expect((results.table as RegionTable).toCSV()).toBe(
      (await regionTable(image, { labelImage: labels })).toCSV(),
    );
  });

  it('takes methods, nested references and numbers', async () => {
    const image = discs();
    const results = await runPipeline(
      parsePipeline({
        tilewise: 1,
        inputs: ['image'],
        steps: {
          both: { call: 'stack', args: [['@part', '@clipped']], options: { dimensionName: 'c' } },
          clipped: { call: 'clip', args: ['@part', null, 500] },
          part: { call: 'select', args: ['@image', { y: [0, 10], x: [0, 20] }] },
          larger: { call: 'LazyArray.maximum', args: ['@part', 200] },
          largest: { call: 'max', args: ['@larger'] },
          level: { call: 'thresholdOtsu', args: ['@image'] },
          chosen: { call: 'where', args: ['@bright', '@image', 0] },
          bright: { call: 'gt', args: ['@image', '@level'] },
          rows: { call: 'slice', args: ['@image', null, 3] },
          unused: { call: 'log', args: ['@image'] },
        },
        outputs: { both: '@both', largest: '@largest', level: '@level', chosen: '@chosen', rows: '@rows' },
      }),
      { image },
    );
    const part = image.select({ y: [0, 10], x: [0, 20] });
    const level = await thresholdOtsu(image);
    const expected = {
      both: stack([part, part.clip(undefined, 500)], { dimensionName: 'c' }),
      largest: part.maximum(200).max(),
      chosen: where(image.gt(level), image, 0),
      rows: image.slice(null, 3),
    };
    expect(results.level).toBe(level);
    for (const [name, array] of Object.entries(expected))
      expect((results[name] as LazyArray).node.key, name).toBe(array.node.key);
  });

  it('names the step whose argument is refused', async () => {
    const pipeline = {
      ...nuclei,
      steps: { ...nuclei.steps, smooth: { call: 'gaussianFilter', args: ['@image', -1] } },
    };
    await expect(runPipeline(pipeline, { image: discs() })).rejects.toThrow(
      /^steps\.smooth \(gaussianFilter\) sigma: expected .* received -1$/,
    );
  });

  it('needs its inputs, all and no others', async () => {
    await expect(runPipeline(nuclei, {})).rejects.toThrow(/^inputs\.image: /);
    await expect(runPipeline(nuclei, { image: discs(), mask: discs() })).rejects.toThrow(
      /^inputs: expected only image/,
    );
  });

  it('stops when aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(runPipeline(nuclei, { image: discs() }, { signal })).rejects.toThrow('enough');
  });
});

describe('parsePipeline', () => {
  const step = (value: unknown) => ({ ...nuclei, steps: { ...nuclei.steps, smooth: value } });
  const bad: Record<string, [pipeline: unknown, message: RegExp]> = {
    'text that is no JSON': ['{', /^pipeline: expected JSON/],
    'no object': [[], /^pipeline: expected an object/],
    'an unknown field': [{ ...nuclei, step: {} }, /^pipeline: expected only tilewise, inputs.*"step"/],
    'another version': [{ ...nuclei, tilewise: 2 }, /^tilewise: expected 1/],
    'no inputs': [{ ...nuclei, inputs: [] }, /^inputs: /],
    'no outputs': [{ ...nuclei, outputs: {} }, /^outputs: expected at least one/],
    'an output of nothing': [
      { ...nuclei, outputs: { a: '@nothing' } },
      /^outputs\.a: expected a reference to one of @image, /,
    ],
    'an output that is no reference': [
      { ...nuclei, outputs: { a: 'table' } },
      /^outputs\.a: expected a reference: "@name"/,
    ],
    'an output that leaves the directory': [
      { ...nuclei, outputs: { '../a': '@table' } },
      /^outputs: expected names/,
    ],
    'an output of several parts': [
      { ...nuclei, outputs: { a: '@objects' } },
      /^outputs\.a: expected "@objects.labels" or "@objects.count"/,
    ],
    'a part that is not there': [
      { ...nuclei, outputs: { a: '@smooth.labels' } },
      /^outputs\.a: expected "@smooth"/,
    ],
    'an unknown call': [
      step({ call: 'blur', args: ['@image'] }),
      /^steps\.smooth\.call: expected one of .*gaussianFilter.*"blur"/,
    ],
    'a call of what is no function': [step({ call: 'constructor' }), /^steps\.smooth\.call: /],
    'an argument too few': [
      step({ call: 'gaussianFilter', args: ['@image'] }),
      /^steps\.smooth\.args: expected \[image, sigma\]/,
    ],
    'an argument too many': [
      step({ call: 'sqrt', args: ['@image', 2] }),
      /^steps\.smooth\.args: expected \[array\]/,
    ],
    'an unknown option': [
      step({ call: 'gaussianFilter', args: ['@image', 2], options: { sgima: 1 } }),
      /^steps\.smooth\.options: expected only order, mode, cval, truncate, received "sgima"/,
    ],
    'an unknown reference': [
      step({ call: 'sqrt', args: ['@imge'] }),
      /^steps\.smooth\.args\[0\]: expected a reference to one of @image/,
    ],
    'an unknown reference in an option': [
      step({ call: 'mean', args: ['@image'], options: { labelImage: '@x' } }),
      /^steps\.smooth\.options\.labelImage: /,
    ],
    'a cycle': [
      step({ call: 'sqrt', args: ['@clean'] }),
      /cycle|steps that do not need their own results.*smooth -> clean -> mask -> smooth/,
    ],
    'a step with the name of an input': [
      { ...nuclei, inputs: ['image', 'smooth'] },
      /^steps\.smooth: expected a name that no input has/,
    ],
  };
  it.each(Object.entries(bad))('refuses %s', (_, [pipeline, message]) => {
    expect(() => parsePipeline(pipeline)).toThrow(ArgumentError);
    expect(() => parsePipeline(pipeline)).toThrow(message);
  });
});

describe('serializeGraph', () => {
  const through = (array: LazyArray, source: LazyArray) => {
    const { source: data } = source.node;
    return deserializeGraph(JSON.parse(JSON.stringify(serializeGraph(array))), { [data!.key]: data! });
  };

  it('keeps keys, and so results', async () => {
    const image = discs();
    const smooth = gaussianFilter(image.astype('float32').add(0.5), [2, 1], { mode: 'mirror' });
    const { labels, count } = label(
      binaryOpening(smooth.gt(700), {
        structure: [
          [1, 1, 1],
          [1, 1, 1],
          [1, 1, 1],
        ],
      }),
    );
    for (const array of [image, smooth, labels, count, image.clip(120, Infinity), smooth.mean({ axis: 0 })])
      expect(through(array, image).node.key).toBe(array.node.key);
    const copy = through(labels, image);
    expect(copy.dimensionNames).toEqual(['y', 'x']);
    expect((await copy.compute()).data).toEqual((await labels.compute()).data);
  });

  it('computes in a graph of its own: other keys, same labels', async () => {
    const [image, twin] = [discs(), discs()];
    const { labels } = label(image.gt(600));
    const graph = serializeGraph(labels);
    expect(graph.sources).toEqual([image.node.source!.key]);
    const copy = deserializeGraph(graph, { [graph.sources[0]]: twin.node.source! });
    expect(copy.node.key).not.toBe(labels.node.key);
    expect((await copy.compute()).data).toEqual((await labels.compute()).data);
    const table = await regionTable(twin, { labelImage: copy });
    expect(table.toCSV()).toBe((await regionTable(image, { labelImage: labels })).toCSV());
  });

  it('holds many typed arrays and long chains', () => {
    const image = discs();
    let chain = image.astype('float32');
    for (let i = 0; i < 2000; i++) chain = gaussianFilter(chain, [0.5, 0]);
    expect(through(chain, image).node.key).toBe(chain.node.key);
  });

  it('refuses what does not fit', () => {
    const image = discs();
    const graph = serializeGraph(image.sqrt());
    const { source } = image.node;
    const small = discs(64).node.source!;
    expect(() => deserializeGraph(graph, {})).toThrow(ArgumentError);
    expect(() => deserializeGraph(graph, { [source!.key]: small })).toThrow(
      /expected a uint16 source of shape \[96,96\]/,
    );
    const { nodes } = graph;
    expect(() => deserializeGraph({ ...graph, nodes: [{ ...nodes[1], op: 'no' }] }, {})).toThrow(FormatError);
    expect(() => deserializeGraph({ ...graph, nodes: [nodes[1]] }, {})).toThrow(/not before it/);
    expect(() => deserializeGraph({} as typeof graph, {})).toThrow(FormatError);
  });
});
