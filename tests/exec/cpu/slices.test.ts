// Programs in slices: together they are the tile, and compute what the whole program does.
import { beforeAll, describe, expect, test } from 'vitest';
import { allocate, type TypedArray } from '../../../src/core/dtype';
import { wholeRegion } from '../../../src/core/region';
import { CpuEngine } from '../../../src/exec/cpu/engine';
import { sliceProgram } from '../../../src/exec/cpu/slices';
import { fftn, fromArray, gaussianFilter, type LazyArray, splineFilter1d } from '../../../src/index';
import { planTile } from '../../../src/plan/plan';

const shape = [600, 700];
const data = Float32Array.from({ length: 600 * 700 }, (_, i) => (i * 7919) % 1013);
const image = fromArray(data, { shape });

const programOf = ({ node }: LazyArray) =>
  planTile({
    tile: wholeRegion(node.shape),
    outputs: [{ node, region: wholeRegion(node.shape) }],
    partials: [],
    globals: new Map(),
    executor: 'cpu',
  });

const bytesOf = ({ buffer, byteOffset, byteLength }: TypedArray) =>
  new Uint8Array(buffer, byteOffset, byteLength);

let engine: CpuEngine;
beforeAll(async () => {
  engine = await CpuEngine.create();
}, 60_000);

const cut: [string, LazyArray][] = [
  ['a pointwise chain', image.add(1).astype('uint16').multiply(3)],
  ['lines along the other axis', splineFilter1d(image)],
  ['transforms along the last axis', fftn(image, { axes: [1] })],
];

describe('slices', () => {
  test.each(cut)('of %s make up the tile and its results', (_name, array) => {
    const program = programOf(array);
    const slices = sliceProgram(program);
    expect(slices.length).toBeGreaterThan(1);
    slices.forEach(({ tile, reads }, i) => {
      const [start, stop] = tile[0];
      expect(start).toBe(i === 0 ? 0 : slices[i - 1].tile[0][1]);
      expect(stop).toBeGreaterThan(start);
      expect(tile[1]).toEqual([0, 700]);
      expect(reads[0].region[0]).toEqual([start, stop]);
    });
    expect(slices.at(-1)!.tile[0][1]).toBe(600);
    const inputs = [{ data, region: wholeRegion(shape) }];
    const whole = engine.run(program, inputs).outputs[0];
    const target = { data: allocate(array.dtype, array.size), region: wholeRegion(shape) };
    engine.run(program, inputs, [target]);
    expect(Buffer.compare(bytesOf(target.data), bytesOf(whole))).toBe(0);
  });

  test('are not made where they would compute their edges twice', () => {
    expect(sliceProgram(programOf(gaussianFilter(image, 2)))).toHaveLength(1);
    expect(sliceProgram(programOf(fftn(image)))).toHaveLength(1);
  });
});
