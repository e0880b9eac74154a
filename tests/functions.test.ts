// Functions of the application: genericFilter against the filters it can stand for, WGSL against JavaScript, graphs with
// functions as data, and what becomes of errors.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { itemSize } from '../src/core/dtype';
import { setTileElements } from '../src/core/tiling';
import {
  ArgumentError,
  type Block,
  BOUNDARY_MODES,
  type BoundaryMode,
  configure,
  DeviceError,
  DTYPES,
  type DType,
  deserializeGraph,
  FunctionError,
  fromArray,
  fromSource,
  genericFilter,
  type LazyArray,
  mapBlocks,
  mapOverlap,
  maximumFilter,
  type Source,
  serializeGraph,
  thresholdLocal,
  uniformFilter,
} from '../src/index';
import { expectWithinContract } from './helpers/compare';
import { EXECUTORS, expectNoFallback } from './helpers/executors';
import { randomArray } from './helpers/gpu';

expectNoFallback();

beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

const module = new URL('./helpers/functions.mjs', import.meta.url);
const hasGpu = EXECUTORS.includes('gpu');
const any = (value: unknown) => value as never;

const largest = (values: Float64Array) => Math.max(...values);
const average = (values: Float64Array) => values.reduce((a, b) => a + b) / values.length;

/** An image that must not be read. */
const unread: Source = {
  key: 'unread',
  shape: [9, 8],
  dtype: 'float32',
  chunks: [4, 4],
  dimensionNames: ['y', 'x'],
  readChunk: () => Promise.reject(new Error('was read')),
};

const failure = (array: LazyArray, device?: 'cpu' | 'gpu'): Promise<Error> =>
  array.compute({ device }).then(
    () => {
      throw new Error('expected a rejection');
    },
    (error) => error,
  );

interface Case {
  readonly image: LazyArray;
  readonly size: number[];
  readonly origin: number[];
  readonly mode: BoundaryMode[];
}

/** Images of these dtypes in any chunks, and windows on them. */
const cases = (dtypes: readonly DType[]): fc.Arbitrary<Case> =>
  fc.integer({ min: 1, max: 3 }).chain((rank) => {
    const axes = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: rank, maxLength: rank });
    return fc
      .tuple(axes(fc.integer({ min: 1, max: 9 })), axes(fc.integer({ min: 1, max: 4 })))
      .chain(([shape, size]) =>
        fc.record({
          image: fc
            .tuple(
              fc.constantFrom(...dtypes),
              axes(fc.integer({ min: 2, max: 9 })),
              fc.integer({ min: 1, max: 99 }),
            )
            .map(([dtype, chunks, seed]) => {
              const count = shape.reduce((a, b) => a * b, 1);
              const held = dtype === 'float64' ? 'float32' : dtype;
              const data = randomArray(held, count, seed);
              return fromArray(data, { shape, dtype: held, chunks }).astype(dtype);
            }),
          size: fc.constant(size),
          origin: fc.tuple(...size.map((n) => fc.integer({ min: -(n >> 1), max: (n - 1) >> 1 }))),
          mode: axes(fc.constantFrom(...BOUNDARY_MODES.slice(0, 4))),
        }),
      );
  });

describe('genericFilter', () => {
  const exact = DTYPES.filter((dtype) => itemSize(dtype) <= 4);

  test('with the largest value is maximumFilter', async () => {
    await fc.assert(
      fc.asyncProperty(cases(exact), async ({ image, ...window }) => {
        const { data } = await genericFilter(image, largest, window).compute({ device: 'cpu' });
        expect(data).toEqual((await maximumFilter(image, window).compute({ device: 'cpu' })).data);
      }),
      { numRuns: 40 },
    );
  });

  test('with the mean is uniformFilter, in float64', async () => {
    await fc.assert(
      fc.asyncProperty(cases(['float64']), async ({ image, ...window }) => {
        const { data } = await genericFilter(image, average, window).compute({ device: 'cpu' });
        const expected = (await uniformFilter(image, window).compute({ device: 'cpu' })).data;
        expectWithinContract(data, expected, 'float64', { range: 200 });
      }),
      { numRuns: 40 },
    );
  });

  test.skipIf(!hasGpu)('in WGSL gives what it gives in JavaScript', async () => {
    const wgsl = `fn apply() -> f32 {
      var found = value(0u);
      for (var i = 1u; i < COUNT; i++) { found = max(found, value(i)); }
      return found - 0.5 * value(COUNT - 1u);
    }`;
    const cpu = (values: Float64Array) => Math.max(...values) - 0.5 * values[values.length - 1];
    await fc.assert(
      fc.asyncProperty(cases(exact), async ({ image, ...window }) => {
        const filtered = genericFilter(image, { wgsl, cpu }, { ...window, dtype: 'float32' });
        const { data } = await filtered.compute({ device: 'gpu' });
        const expected = (await filtered.compute({ device: 'cpu' })).data;
        expectWithinContract(data, expected, 'float32', { range: 1 });
      }),
      { numRuns: 15 },
    );
  });

  test('values come in C order, in float64, with the constant as it is', async () => {
    const seen: number[][] = [];
    const image = fromArray(Uint8Array.of(1, 2, 3, 4), { shape: [2, 2] });
    const keep = (values: Float64Array) => {
      seen.push([...values]);
      return 1.9;
    };
    const options = {
      footprint: [
        [1, 1],
        [0, 1],
      ],
      mode: 'constant',
      cval: 0.5,
      dtype: 'int16',
    } as const;
    const result = await genericFilter(image, keep, options).compute();
    expect(result.data).toEqual(Int16Array.of(1, 1, 1, 1));
    expect(seen).toEqual([
      [0.5, 0.5, 1],
      [0.5, 0.5, 2],
      [0.5, 1, 3],
      [1, 2, 4],
    ]);
  });

  test('results are cast like C', async () => {
    const image = fromArray(Float64Array.of(-1.9, 300.7, 0.5, Number.NaN), { shape: [4] });
    const same = ([value]: Float64Array) => value;
    const as = async (dtype: DType) =>
      Array.from((await genericFilter(image, same, { size: 1, dtype }).compute()).data as Float64Array);
    expect(await as('int8')).toEqual([-1, 44, 0, 0]);
    expect(await as('uint8')).toEqual([255, 44, 0, 0]);
    expect(await as('bool')).toEqual([1, 1, 0, 0]);
    expect(await as('int64')).toEqual([-1n, 300n, 0n, 0n]);
  });

  test.each(EXECUTORS)('extra arguments, on %s', async (device) => {
    const image = fromArray(Float32Array.of(1, 2, 3, 4, 5), { shape: [5], chunks: [2] });
    const extraArguments = [3, 0.5, -1, 2, 8];
    const wgsl = 'argument(0u) * value(0u) + argument(4u)';
    const filters = [
      genericFilter(image, (v, ...rest: number[]) => rest[0] * v[0] + rest[4], { size: 1, extraArguments }),
      genericFilter(image, { wgsl, cpu: { module, name: 'firstAndFifth' } }, { size: 1, extraArguments }),
    ];
    for (const filtered of filters)
      expect((await filtered.compute({ device })).data).toEqual(Float32Array.of(11, 14, 17, 20, 23));
  });
});

describe('errors of functions', () => {
  const image = fromArray(new Float32Array(72), { shape: [9, 8], chunks: [4, 4] });

  test('what a function of windows throws is the cause', async () => {
    const cause = new RangeError('no such pixel');
    const thrown = await failure(
      genericFilter(
        image,
        () => {
          throw cause;
        },
        { size: 3 },
      ),
    );
    expect(thrown).toBeInstanceOf(FunctionError);
    expect(thrown.cause).toBe(cause);
  });

  test('in a worker, too, with its stack', async () => {
    const { cause } = await failure(genericFilter(image, { module, name: 'throwing' }, { size: 3 }));
    expect((cause as Error).message).toBe('not this window');
    expect((cause as Error).stack).toContain('functions.mjs');
  });

  test('a result that is no number', async () => {
    const error = await failure(
      genericFilter(
        image,
        any(() => undefined),
        { size: 3 },
      ),
    );
    expect(error).toBeInstanceOf(FunctionError);
    expect(error.message).toMatch(/expected a number for the window of element \[0,0\], received undefined/);
  });

  describe.skipIf(!hasGpu)('in WGSL', () => {
    const compile = (wgsl: string) => failure(mapOverlap({ wgsl }, image, { depth: 1 }), 'gpu');

    test.each([
      [
        'an unknown name',
        'fn apply(position: vec2i) -> f32 {\n  return\n    missing(position);\n}',
        /line 3: .*missing/,
      ],
      ['syntax', 'fn apply(position: vec2i) -> f32 {\n  return 1.0\n}', /line 3: /],
      ['an expression', '1.0 + missing', /line 1: .*missing/],
      [
        'another type',
        'fn apply(position: vec2i) -> u32 { return 1u; }',
        /as fn apply\(position: vec2i\) -> f32: .*u32/,
      ],
      ['another position', 'fn apply(position: vec3i) -> f32 { return 1.0; }', /apply/],
    ])('%s', async (_name, wgsl, message) => {
      const error = await compile(wgsl);
      expect(error).toBeInstanceOf(FunctionError);
      expect(error.message).toMatch(/^mapOverlap: the WGSL does not compile/);
      expect(error.message).toMatch(message);
    });
  });
});

describe('where functions in WGSL run', () => {
  const filtered = (image: LazyArray) => genericFilter(image, { wgsl: 'value(0u)' }, { size: 3 });

  test("device 'cpu' is a DeviceError, before anything is read", async () => {
    const error = await failure(filtered(fromSource(unread)), 'cpu');
    expect(error).toBeInstanceOf(DeviceError);
    expect(error.message).toMatch(/genericFilter is in WGSL only.*'cpu'/);
    expect(await failure(filtered(fromSource(unread)).max(), 'cpu')).toBeInstanceOf(DeviceError);
  });

  test('so is no GPU', async () => {
    const gpu = Object.getOwnPropertyDescriptor(globalThis.navigator ?? {}, 'gpu');
    configure({ device: 'auto' });
    if (gpu) Object.defineProperty(globalThis.navigator, 'gpu', { value: undefined, configurable: true });
    try {
      const error = await failure(filtered(fromSource(unread)));
      expect(error).toBeInstanceOf(DeviceError);
      expect(error.message).toMatch(/WGSL only.*WebGPU is not available/);
    } finally {
      if (gpu) Object.defineProperty(globalThis.navigator, 'gpu', gpu);
      configure({ device: 'auto' });
    }
  });

  test.skipIf(!hasGpu)('beside what only the CPU can do, too', async () => {
    const error = await failure(filtered(fromSource(unread)).astype('float64'), 'gpu');
    expect(error).toBeInstanceOf(DeviceError);
    expect(error.message).toMatch(/WGSL only.*float64/);
  });

  test.skipIf(!hasGpu)('without a counterpart even a software GPU is taken', async () => {
    const image = fromArray(Float32Array.of(1, 2, 3), { shape: [3] });
    expect((await filtered(image).compute()).data).toEqual(Float32Array.of(1, 1, 2));
    expect(await filtered(image).explain()).toContain('executor: gpu');
  });

  test('with a counterpart the CPU is taken where the GPU refuses', async () => {
    const image = fromArray(Float64Array.of(1, 2, 3), { shape: [3] });
    const fn = { wgsl: 'value(0u)', cpu: (values: Float64Array) => values[0] };
    for (const device of EXECUTORS) {
      const { data } = await genericFilter(image, fn, { size: 3 }).compute({ device });
      expect(data).toEqual(Float64Array.of(1, 1, 2));
    }
  });

  test.skipIf(!hasGpu)('in one submit with what comes before and after', async () => {
    const fn = { wgsl: 'input0(vec2i(0, 1)) - input0(vec2i())', cpu: ({ data }: Block) => data };
    const array = mapOverlap(fn, fromSource(unread).multiply(2), { depth: 1, boundary: 'nearest' }).gt(1);
    const plan = await array.explain({ device: 'gpu' });
    expect(plan).toMatch(/read unread .*halo/);
    expect(plan).toMatch(/elementFunction -> float32/);
    expect(plan).toMatch(/per tile: 1 submit/);
    const onCpu = await array.explain({ device: 'cpu' });
    expect(onCpu).toMatch(/read mapOverlap-\d+ /);
    expect(onCpu).not.toMatch(/read unread/);
  });

  test.skipIf(!hasGpu)('offsets beyond the depth, and beyond the edge with none, are cut', async () => {
    const image = fromArray(Float32Array.of(1, 2, 3, 4, 5), { shape: [5], chunks: [2] });
    const shifted = (boundary: 'none' | 'periodic') =>
      mapOverlap({ wgsl: 'input0(9)' }, image, { depth: [[0, 2]], boundary }).compute({ device: 'gpu' });
    expect((await shifted('none')).data).toEqual(Float32Array.of(3, 4, 5, 5, 5));
    expect((await shifted('periodic')).data).toEqual(Float32Array.of(3, 4, 5, 1, 2));
  });
});

describe('graphs with functions', () => {
  const image = fromArray(Float32Array.of(4, 1, 7, 2), { shape: [4], chunks: [3] });
  const copyOf = (array: LazyArray, ...sources: Source[]) =>
    deserializeGraph(
      JSON.parse(JSON.stringify(serializeGraph(array))),
      Object.fromEntries(sources.map((source) => [source.key, source])),
    );
  const source = image.node.source!;

  test('modules and WGSL are data: the copy computes on its own', async () => {
    const cpu = { module, name: 'ends' };
    const filters = [
      genericFilter(image, cpu, { size: 2, origin: -1 }),
      genericFilter(image, { wgsl: 'value(0u) - 0.5 * value(1u)', cpu }, { size: 2, origin: -1 })
        .add(1)
        .subtract(1),
      mapBlocks({ module, name: 'affine' }, mapBlocks({ module, name: 'affine' }, image)),
    ];
    for (const array of filters) {
      expect(serializeGraph(array).sources).toEqual([source.key]);
      const copy = copyOf(array, source);
      expect(copy.node.key).toBe(array.node.key);
      for (const device of EXECUTORS)
        expect((await copy.compute({ device })).data).toEqual((await array.compute({ device })).data);
    }
  });

  test('equal work has equal keys', () => {
    const make = (name: string) => mapBlocks({ module, name }, image).node.key;
    expect(make('affine')).toBe(make('affine'));
    expect(make('affine')).not.toBe(make('twice'));
  });

  test('other functions stay behind as sources', async () => {
    const negative = mapBlocks(({ data }) => (data as Float32Array).map((v) => -v), image);
    const graph = serializeGraph(negative.add(1));
    expect(graph.sources).toEqual([negative.node.source!.key]);
    expect(() => copyOf(negative.add(1))).toThrow(ArgumentError);
    const copy = copyOf(negative.add(1), negative.node.source!);
    expect((await copy.compute()).data).toEqual(Float32Array.of(-3, 0, -6, -1));
  });
});

describe('mapOverlap', () => {
  test('without trimming, blocks may change their shape', async () => {
    const image = fromArray(Float32Array.of(1, 5, 2, 8, 3, 4), { shape: [6], chunks: [2] });
    const rises = ({ data }: Block) => {
      const values = data as Float32Array;
      return Float32Array.of(values.filter((v, i) => i > 0 && v > values[i - 1]).length);
    };
    const counted = mapOverlap(rises, image, { depth: [[1, 0]], chunks: 1, trim: false });
    expect((await counted.compute()).data).toEqual(Float32Array.of(1, 1, 1));
  });

  test('blocks know their array', async () => {
    const image = fromArray(new Float32Array(30), { shape: [5, 6], chunks: [2, 3] });
    const shapes: unknown[] = [];
    const array = mapOverlap(
      ({ data, arrayShape }, info) => {
        shapes.push(arrayShape, info.arrayShape, info.gridShape);
        return data;
      },
      image,
      { depth: 1 },
    );
    await array.read([
      [0, 1],
      [0, 1],
    ]);
    expect(shapes).toEqual([
      [5, 6],
      [5, 6],
      [3, 2],
    ]);
  });
});

describe('what cannot be accepted is an ArgumentError at once', () => {
  const image = fromArray(new Float32Array(12), { shape: [3, 4] });
  const wgsl = 'value(0u)';
  const wide = image.astype('float64');
  const five = fromArray(new Float32Array(2), { shape: [1, 1, 1, 1, 2] });
  test.each<[string, RegExp, () => unknown]>([
    ['no function', /^fn: .*3/, () => genericFilter(image, any(3), { size: 3 })],
    ['null', /^fn: .*null/, () => genericFilter(image, any(null), { size: 3 })],
    ['a relative module', /^fn\.module: /, () => genericFilter(image, { module: './x.js' }, { size: 3 })],
    [
      'no function beside WGSL',
      /^fn\.cpu: /,
      () => genericFilter(image, { wgsl, cpu: any('f') }, { size: 3 }),
    ],
    ['neither size nor footprint', /^size: /, () => genericFilter(image, largest, {})],
    ['both', /^footprint: /, () => genericFilter(image, largest, { size: 1, footprint: [[1]] })],
    ['footprint all false', /^footprint: /, () => genericFilter(image, largest, { footprint: [[0, 0]] })],
    ['an origin outside', /^origin\[0\]: /, () => genericFilter(image, largest, { size: 3, origin: 2 })],
    [
      'an unknown mode',
      /^mode: .*"edge"/,
      () => genericFilter(image, largest, { size: 3, mode: any('edge') }),
    ],
    ['an unknown dtype', /^dtype: /, () => genericFilter(image, largest, { size: 3, dtype: any('half') })],
    [
      'a complex dtype',
      /^dtype: .*complex64/,
      () => genericFilter(image, largest, { size: 3, dtype: 'complex64' }),
    ],
    [
      'arguments that are no list',
      /^extraArguments: /,
      () => genericFilter(image, largest, { size: 3, extraArguments: any(1) }),
    ],
    [
      'arguments that WGSL cannot take',
      /^extraArguments\[1\]: /,
      () => genericFilter(image, { wgsl }, { size: 3, extraArguments: [1, 'a'] }),
    ],
    ['WGSL that is no text', /^fn\.wgsl: .*7/, () => genericFilter(image, { wgsl: any(7) }, { size: 3 })],
    ['no WGSL', /^fn\.wgsl: /, () => genericFilter(image, { wgsl: ' // value(0u)\n' }, { size: 3 })],
    [
      'WGSL without the function',
      /^fn\.wgsl: .*fn apply\(\) -> f32/,
      () => genericFilter(image, { wgsl: 'fn other() -> f32 { return 1.0; } /* fn apply() */' }, { size: 3 }),
    ],
    [
      'WGSL with bindings',
      /^fn\.wgsl: .*bindings/,
      () => mapBlocks({ wgsl: '@group(0) @binding(0) var<storage> a: array<f32>;' }, image),
    ],
    ['WGSL of a dtype no GPU has', /^fn\.cpu: .*float64/, () => genericFilter(wide, { wgsl }, { size: 3 })],
    [
      'WGSL for integers beyond float32',
      /^fn\.cpu: .*int32/,
      () => genericFilter(image.astype('int32'), { wgsl }, { size: 3 }),
    ],
    ['WGSL of five axes', /^fn\.cpu: .*five|axes/, () => mapBlocks({ wgsl: '1.0' }, five)],
    [
      'WGSL for blocks of another shape',
      /^fn\.wgsl: .*dropAxis/,
      () => mapBlocks({ wgsl: '1.0' }, image, { dropAxis: 0 }),
    ],
    [
      'another shape with trimming',
      /^trim: .*chunks/,
      () => mapOverlap(({ data }) => data, image, { depth: 1, chunks: 2 }),
    ],
    ['generic without a function', /^param: /, () => thresholdLocal(image, 3, { method: 'generic' })],
    ['generic with a number', /^param: .*2/, () => thresholdLocal(image, 3, { method: 'generic', param: 2 })],
    [
      'a function for the mean',
      /^param: /,
      () => thresholdLocal(image, 3, { method: 'mean', param: largest }),
    ],
  ])('%s', (_name, message, call) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(message);
  });
});
