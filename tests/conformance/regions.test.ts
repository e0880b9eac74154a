// Every golden case of region tables: scikit-image's numbers, whole and in chunks, for labels that are given and for
// those that label() finds in the same pass.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTileElements } from '../../src/core/tiling';
import {
  type DeviceChoice,
  fromArray,
  type LazyArray,
  label,
  type RegionProperty,
  type RegionTable,
  regionTable,
} from '../../src/index';
import { recordConformance } from '../helpers/conformance';
import { chunkings, EXECUTORS, expectNoFallback } from '../helpers/executors';
import { arrayArgument, type GoldenArray, type GoldenCase, loadGolden } from '../helpers/golden';

expectNoFallback();

// Tiles are chunks: otherwise small images would be computed in one tile.
beforeAll(() => setTileElements(1));
afterAll(() => setTileElements(undefined));

/** Properties that are measured together, and what runs on a GPU. */
const GROUPS: Record<string, { readonly test: RegExp; readonly gpu: boolean }> = {
  extents: {
    test: /^(label|area|bbox|area_bbox|centroid|equivalent_diameter_area|extent|touches_border)$/,
    gpu: true,
  },
  intensities: { test: /^(intensity_(?!median)|centroid_weighted)/, gpu: true },
  medians: { test: /^intensity_median/, gpu: false },
  inertia: { test: /^(inertia|axis|eccentricity|orientation)/, gpu: false },
  moments: { test: /^moments/, gpu: false },
  contours: { test: /^(perimeter|euler)/, gpu: false },
  hulls: { test: /^(area_convex|solidity)/, gpu: false },
};

const wrap = ({ data, shape, dtype }: GoldenArray, chunks: number[]): LazyArray =>
  fromArray(data, { shape, dtype, chunks });

/** Largest error, in units of the contract's 1e-10. */
function compare(table: RegionTable, c: GoldenCase, wanted: (column: string) => boolean): number {
  const [objects, width] = c.output.shape;
  expect(table.length).toBe(objects);
  const tolerance = arrayArgument(c, 'tolerance')!.data as Float64Array;
  let worst = 0;
  (c.value as string[]).forEach((name, column) => {
    if (!wanted(name)) return;
    for (let i = 0; i < objects; i++) {
      const expected = Number(c.output.data[i * width + column]);
      const actual = table.column(name)[i];
      const limit = tolerance[i * width + column];
      if (Object.is(actual, expected) || actual === expected) continue;
      const distance = Math.abs(actual - expected);
      // Angles are those of axes: the same after half a turn.
      const error = name === 'orientation' ? Math.min(distance, Math.abs(distance - Math.PI)) : distance;
      if (!(error <= limit) && !(limit === Infinity))
        throw new Error(`${name} of object ${i}: ${actual}, expected ${expected} within ${limit}`);
      if (limit > 0 && limit < Infinity) worst = Math.max(worst, error / limit);
    }
  });
  return worst;
}

async function run(c: GoldenCase, device: DeviceChoice): Promise<void> {
  const [labels, ...images] = c.inputs;
  const structure = arrayArgument(c, 'structure');
  const pixelSize = c.args.pixelSize as number[] | undefined;
  // Small chunks would be hundreds of submits to a software GPU.
  const all = chunkings(labels.shape);
  for (const chunks of device === 'gpu' ? all.slice(0, 2) : all) {
    const given = wrap(labels, chunks);
    const sources = [given];
    if (structure) {
      const mask = given.gt(0);
      sources.push(label(mask, { structure: structure as never }).labels);
    }
    const inputs = images.map((image) => wrap(image, chunks));
    for (const [group, { test: belongs, gpu }] of Object.entries(GROUPS)) {
      const properties = (c.args.properties as RegionProperty[]).filter((name) => belongs.test(name));
      if (properties.length === 0 || (device === 'gpu' && !gpu)) continue;
      for (const labelImage of sources) {
        const image = inputs.length === 1 ? inputs[0] : inputs;
        const table = await regionTable(image, { labelImage, properties, pixelSize, device });
        const error = compare(table, c, (column) =>
          properties.includes(column.replace(/(-\d+)+$/, '') as RegionProperty),
        );
        recordConformance({
          function: 'regionTable',
          dtype: (images[0] ?? labels).dtype,
          mode: group,
          executor: device,
          error: 1e-10 * error,
        });
      }
    }
  }
}

for (const device of EXECUTORS)
  describe(`regionTable on ${device}`, () => {
    test.each(loadGolden('regions').map((c) => [c.name, c] as const))('%s', (_name, c) => run(c, device));
  });
