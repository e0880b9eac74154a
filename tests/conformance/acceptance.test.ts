// The nuclei pipeline on real images, on every executor and chunking, against SciPy (issue "Foundation", done when).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../../src/core/tiling';
import {
  binaryOpening,
  type DeviceChoice,
  fromArray,
  gaussianFilter,
  label,
  type RegionColumn,
  type RegionTable,
  regionTable,
  thresholdOtsu,
} from '../../src/index';
import { expectWithinContract } from '../helpers/compare';
import { recordConformance } from '../helpers/conformance';
import { EXECUTORS, expectNoFallback } from '../helpers/executors';
import type { NdArray } from '../helpers/npy';
import {
  hasSciPy,
  type LabelledReference,
  labelTables,
  type PipelineReference,
  REFERENCE_IMAGES,
  runReference,
} from '../helpers/python';
import { hasData } from '../helpers/tiff';

expectNoFallback();

const missing = !hasData()
  ? '../shared/data is absent'
  : !(await hasSciPy())
    ? 'python3-scipy is absent'
    : undefined;
if (missing) console.warn(`acceptance tests skipped: ${missing}`);

const CHUNKS = [64, 100, Infinity];

interface Outcome {
  readonly threshold: number;
  readonly smooth: NdArray;
  readonly mask: NdArray;
  readonly labels: NdArray;
  readonly count: number;
  readonly table: RegionTable;
}

async function pipeline(
  { image, sigma }: PipelineReference,
  size: number,
  device: DeviceChoice,
): Promise<Outcome> {
  const chunks = image.shape.map((n) => Math.min(n, size));
  const input = fromArray(image.data, { shape: image.shape, dtype: image.dtype, chunks });
  const smooth = gaussianFilter(input, sigma);
  const kept = await smooth.persist({ device });
  const threshold = await thresholdOtsu(kept, { device });
  // From here on the chain runs again from the image, fused.
  const { labels, count } = label(binaryOpening(smooth.gt(threshold)));
  const table = await regionTable(input, { labelImage: labels, device });
  const labelled = { ...(await labels.compute({ device })), shape: image.shape };
  const mask = Uint8Array.from(labelled.data as Uint32Array, (v) => (v ? 1 : 0));
  return {
    threshold,
    table,
    count: Number(await count.item({ device })),
    smooth: { ...(await kept.compute({ device })), shape: image.shape },
    mask: { data: mask, dtype: 'bool', shape: image.shape },
    labels: labelled,
  };
}

describe.skipIf(missing)('gaussian -> Otsu -> opening -> label -> table', () => {
  const references = new Map<string, PipelineReference>();

  beforeAll(async () => {
    setTileElements(1);
    for (const reference of await runReference()) references.set(reference.name, reference);
  });
  afterAll(() => setTileElements(undefined));

  describe.each(EXECUTORS)('on %s', (device) => {
    test.each(REFERENCE_IMAGES)(
      '%s',
      async (name) => {
        const reference = references.get(name)!;
        const outcomes: Outcome[] = [];
        for (const size of CHUNKS) outcomes.push(await pipeline(reference, size, device));
        const [first] = outcomes;
        const ambiguous = reference.ambiguous?.data;
        const { dtype } = reference.image;
        const error = expectWithinContract(first.smooth.data, reference.smoothed.data, dtype, { ambiguous });
        recordConformance({ function: 'gaussianFilter', dtype, executor: device, error });
        expectMask(first, reference);
        const [scipy] = await labelTables([{ mask: first.mask, image: reference.image }]);
        expectLabels(first, scipy, reference);
        for (const outcome of outcomes.slice(1)) {
          expect(outcome.threshold).toBe(first.threshold);
          expectSame(outcome.smooth, first.smooth);
          expectSame(outcome.mask, first.mask);
          expectSame(outcome.labels, first.labels);
          expect(outcome.count).toBe(first.count);
          expectTable(outcome.table, first.table);
        }
        console.info(summary(name, device, first, reference));
        // A software GPU takes minutes for what takes a GPU milliseconds.
      },
      600_000,
    );
  });
});

/** The mask may differ from SciPy's only near pixels whose smoothed value lies within the contract of the threshold. */
function expectMask({ mask, smooth, threshold }: Outcome, reference: PipelineReference): void {
  const range = spread(reference.smoothed.data);
  const slack = reference.image.dtype.startsWith('float') ? 1e-5 * range : 1;
  const undecided = new Set<number>();
  for (let i = 0; i < smooth.data.length; i++) {
    const value = Number(reference.smoothed.data[i]);
    const near = Math.abs(value - reference.threshold) <= slack || Math.abs(value - threshold) <= slack;
    const differs = Number(smooth.data[i]) > threshold !== value > reference.threshold;
    if (differs && !near)
      throw new Error(`pixel ${i}: ${smooth.data[i]} against ${value}, far from the threshold`);
    if (differs) undecided.add(i);
  }
  if (undecided.size === 0) expectSame(mask, reference.mask);
}

/** What the closing note tables: differences from SciPy that the contract allows, and counts. */
function summary(
  name: string,
  device: string,
  { smooth, mask, threshold, count }: Outcome,
  reference: PipelineReference,
) {
  const differing = (a: NdArray, b: NdArray) =>
    (a.data as Uint8Array).reduce((n, value, i) => n + (value === Number(b.data[i]) ? 0 : 1), 0);
  const pixels = `${differing(smooth, reference.smoothed)} smoothed and ${differing(mask, reference.mask)} mask pixels differ`;
  return `${name} on ${device}: threshold ${threshold} (SciPy ${reference.threshold}), ${pixels}, ${count} objects (SciPy ${reference.count})`;
}

/** toEqual takes seconds on arrays of a million. */
function expectSame(actual: NdArray, expected: NdArray): void {
  expect(actual.shape).toEqual(expected.shape);
  const at = actual.data.findIndex((value: number | bigint, i: number) => value !== expected.data[i]);
  expect(at, `differs at flat index ${at}: ${actual.data[at]} against ${expected.data[at]}`).toBe(-1);
}

function spread(data: NdArray['data']): number {
  let low = Infinity;
  let high = -Infinity;
  for (const value of data) {
    low = Math.min(low, Number(value));
    high = Math.max(high, Number(value));
  }
  return high - low;
}

/** From our mask, exactly SciPy's labels, count and table. */
function expectLabels(
  { labels, count, table }: Outcome,
  scipy: LabelledReference,
  { image }: PipelineReference,
): void {
  expect(count).toBe(scipy.count);
  expectSame(labels, { ...scipy.labels, data: Uint32Array.from(scipy.labels.data, Number) });
  const expected = scipy.table;
  expect(Array.from(table.column('label'))).toEqual(expected.label);
  expect(Array.from(table.column('area'))).toEqual(expected.area);
  // SciPy sums float32 images in float32.
  const digits = image.dtype.startsWith('float') ? 2e-6 : 1e-12;
  expectClose(table.column('intensity_mean'), expected.mean, digits);
  expectClose(table.column('intensity_sum'), expected.sum, digits);
  expectClose(table.column('intensity_min'), expected.minimum, 0);
  expectClose(table.column('intensity_max'), expected.maximum, 0);
  image.shape.forEach((_, axis) => {
    expectClose(
      table.column(`centroid_weighted-${axis}`),
      expected.centerOfMass.map((c) => c[axis]),
      digits,
    );
    expect(Array.from(table.column(`bbox-${axis}`))).toEqual(expected.bbox.map((box) => box[axis][0]));
    expect(Array.from(table.column(`bbox-${axis + image.shape.length}`))).toEqual(
      expected.bbox.map((box) => box[axis][1]),
    );
  });
}

function expectClose(actual: RegionColumn, expected: readonly (number | null)[], relative: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    const wanted = expected[i] ?? Number.NaN;
    if (Number.isNaN(wanted)) expect(value).toBeNaN();
    else expect(Math.abs(value - wanted)).toBeLessThanOrEqual(relative * Math.abs(wanted));
  });
}

/** Sums of integers are exact in any chunking; those of float images are added in another order. */
function expectTable(actual: RegionTable, expected: RegionTable): void {
  expect(actual.columnNames).toEqual(expected.columnNames);
  for (const name of actual.columnNames)
    expectClose(actual.column(name), Array.from(expected.column(name)), 1e-12);
}
