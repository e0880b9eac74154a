import { afterAll, describe, expect, it } from 'vitest';
import { allocate, type DType, type TypedArray } from '../../../src/core/dtype';
import { DeviceError } from '../../../src/core/errors';
import { defineBlockOp, type Operand } from '../../../src/core/op';
import type { TileProgram } from '../../../src/core/program';
import { copyRegion, type Region, regionSize, wholeRegion } from '../../../src/core/region';
import { sizeClass } from '../../../src/exec/webgpu/bufferPool';
import { CountingContext } from '../../../src/exec/webgpu/countingContext';
import { acquireDevice } from '../../../src/exec/webgpu/device';
import { foldGroups } from '../../../src/exec/webgpu/encode';
import { DeviceLostError, OutOfMemoryError } from '../../../src/exec/webgpu/errors';
import { layoutEntries } from '../../../src/exec/webgpu/pipelineCache';
import { uniform1dGpu } from '../../../src/ops/gpu/uniform1d';
import {
  createTestExecutor,
  findTestGpu,
  noGpu,
  operandOf,
  programOf,
  randomArray,
  runKernel,
  runTile,
} from '../../helpers/gpu';

const executor = noGpu ? undefined : await createTestExecutor();
afterAll(() => executor?.dispose());

const unused = () => {
  throw new Error('not used in these tests');
};

/** Mean of three along the last axis: dispatches one shader. */
defineBlockOp({
  name: 'test/smooth',
  demand: unused,
  cpu: unused,
  gpu(context, { inputs: [input], output }) {
    const length = regionSize(output.region);
    const table = Int32Array.from({ length: length + 2 }, (_, i) => Math.min(length - 1, Math.max(0, i - 1)));
    uniform1dGpu(context, {
      input: context.input(input!),
      output: context.output(output),
      dtype: output.dtype,
      outer: 1,
      inputLength: length,
      outputLength: length,
      inner: 1,
      table,
      size: 3,
      cval: 0,
    });
  },
});

defineBlockOp({
  name: 'test/crop',
  demand: unused,
  cpu: unused,
  gpu: (context, { inputs: [input], output }) => context.alias(output, context.input(input!, output.region)),
});

defineBlockOp({
  name: 'test/paste',
  demand: unused,
  cpu: unused,
  gpu(context, { inputs, output }) {
    context.output(output);
    for (const input of inputs) context.paste(context.input(input!), input!.region, output);
  },
});

/** A step whose bindings do not match its shader. */
defineBlockOp({
  name: 'test/broken',
  demand: unused,
  cpu: unused,
  gpu(context, { output }) {
    const buffer = context.output(output);
    context.dispatch({
      shader: 'relabel',
      uniforms: [1],
      bindings: [buffer, buffer, buffer],
      invocations: 1,
    });
  },
});

defineBlockOp({
  name: 'test/huge',
  demand: unused,
  cpu: unused,
  gpu(context, { output }) {
    context.output(output);
    context.scratch(2 ** 40);
  },
});

function chain(length: number, size = 100): TileProgram {
  const operands = Array.from({ length: length + 1 }, (_, slot) => operandOf(slot, 'uint16', [size]));
  return {
    tile: wholeRegion([size]),
    slots: length + 1,
    reads: [{ ...operands[0], key: 'input' }],
    steps: operands.slice(1).map((output, i) => ({
      op: 'test/smooth',
      params: {},
      inputs: [operands[i]],
      output,
      partial: false,
      free: [i],
    })),
    outputs: [operands[length]],
  };
}

function smooth(data: Uint16Array): Uint16Array {
  const at = (i: number) => data[Math.min(data.length - 1, Math.max(0, i))];
  return data.map((_, i) => Math.trunc((at(i - 1) + at(i) + at(i + 1)) / 3));
}

const input = randomArray('uint16', 100) as Uint16Array;
const smoothed = smooth(smooth(smooth(input)));

describe.skipIf(noGpu)('GpuExecutor', () => {
  it('runs a chain in one submit, reusing buffers between its steps', async () => {
    const before = executor!.stats;
    const { outputs } = await runTile(executor!, chain(3), [input]);
    const after = executor!.stats;
    expect(outputs).toEqual([smoothed]);
    expect(after.submits - before.submits).toBe(1);
    expect(after.dispatches - before.dispatches).toBe(3);
    expect(after.bytesRead - before.bytesRead).toBe(200);
    const [short, long] = [await createTestExecutor(), await createTestExecutor()];
    const large = randomArray('uint16', 12_000);
    await runTile(short, chain(3, large.length), [large]);
    await runTile(long, chain(30, large.length), [large]);
    // Only the uniforms grow with the chain.
    expect(long.stats.pool.peak - short.stats.pool.peak).toBeLessThan(27 * 512);
    expect(long.stats.pool.inUse).toBe(short.stats.pool.inUse);
    short.dispose();
    long.dispose();
  });

  it('runs tiles concurrently', async () => {
    const runs = Array.from({ length: 8 }, (_, i) => {
      const data = randomArray('uint16', 100, i) as Uint16Array;
      return runTile(executor!, chain(2), [data]).then(({ outputs }) =>
        expect(outputs[0]).toEqual(smooth(smooth(data))),
      );
    });
    await Promise.all(runs);
  });

  it('crops and pastes boxes of any packed type, up to four cut axes', async () => {
    const shapes: [number[], Region][] = [
      [[13], [[3, 10]]],
      [
        [9, 11],
        [
          [2, 8],
          [1, 10],
        ],
      ],
      [
        [9, 11],
        [
          [2, 8],
          [0, 11],
        ],
      ],
      [
        [5, 6, 7],
        [
          [1, 4],
          [0, 6],
          [2, 3],
        ],
      ],
      [
        [3, 4, 5, 6],
        [
          [1, 3],
          [1, 2],
          [2, 5],
          [1, 6],
        ],
      ],
      [
        [1, 3, 1, 4, 5, 6],
        [
          [0, 1],
          [1, 3],
          [0, 1],
          [1, 2],
          [2, 5],
          [1, 6],
        ],
      ],
    ];
    for (const dtype of ['uint8', 'int16', 'float32'] as const)
      for (const [shape, region] of shapes) {
        const whole = operandOf(0, dtype, shape);
        const data = randomArray(dtype, regionSize(whole.region));
        const part = { ...operandOf(1, dtype, shape), region };
        const expected = allocate(dtype, regionSize(region));
        copyRegion(data as Uint8Array, whole.region, expected as Uint8Array, region);
        expect(await runStep('test/crop', [whole], [data], part)).toEqual(expected);
        const parts = [0, 1].map((slot) => ({
          ...operandOf(slot, dtype, shape),
          region: slot ? region : whole.region,
        }));
        const patch = randomArray(dtype, regionSize(region), 5);
        const pasted = data.slice();
        copyRegion(patch as Uint8Array, region, pasted as Uint8Array, whole.region);
        expect(await runStep('test/paste', parts, [data, patch], operandOf(2, dtype, shape))).toEqual(pasted);
      }
  });

  async function runStep(
    op: string,
    inputs: Operand[],
    data: TypedArray[],
    output: Operand,
  ): Promise<TypedArray> {
    const program: TileProgram = {
      tile: output.region,
      slots: 3,
      reads: inputs.map((operand) => ({ ...operand, key: 'input' })),
      steps: [{ op, params: {}, inputs, output, partial: false, free: inputs.map(({ slot }) => slot) }],
      outputs: [output],
    };
    return (await runTile(executor!, program, data)).outputs[0];
  }

  it('uploads unaligned views and odd lengths', async () => {
    const backing = randomArray('uint8', 64) as Uint8Array;
    const view = backing.subarray(5, 18);
    const actual = await runKernel(
      executor!,
      [{ dtype: 'uint8', data: view }],
      'uint8',
      [13],
      (context, [buffer], output) =>
        uniform1dGpu(context, {
          input: buffer,
          output,
          dtype: 'uint8',
          outer: 1,
          inputLength: 13,
          outputLength: 13,
          inner: 1,
          table: Int32Array.from({ length: 13 }, (_, i) => i),
          size: 1,
          cval: 0,
        }),
    );
    expect(actual).toEqual(view.slice());
  });

  it('rejects with the reason when aborted, before and during a run', async () => {
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const run = runTile(executor!, chain(3), [input], { signal: controller.signal });
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
    await expect(runTile(executor!, chain(3), [input], { signal: controller.signal })).rejects.toBe(reason);
    expect((await runTile(executor!, chain(3), [input])).outputs).toEqual([smoothed]);
  });

  it('gives the buffers of abandoned tiles back', async () => {
    const own = await createTestExecutor();
    await runTile(own, chain(3), [input]);
    const idle = own.stats.pool.inUse;
    for (let i = 0; i < 5; i++) {
      const controller = new AbortController();
      const run = runTile(own, chain(3), [input], { signal: controller.signal });
      setTimeout(() => controller.abort(), i);
      await run.catch(() => {});
    }
    await runTile(own, chain(3), [input]);
    await expect.poll(() => own.stats.pool.inUse).toBe(idle);
    own.dispose();
  });

  it('turns validation errors into a DeviceError, and still works', async () => {
    const program = programOf('test/broken', [], 'uint32', [4]);
    await expect(runTile(executor!, program, [])).rejects.toThrow(DeviceError);
    expect((await runTile(executor!, chain(3), [input])).outputs).toEqual([smoothed]);
  });

  it('turns allocations beyond the device into an error, and still works', async () => {
    await expect(runTile(executor!, programOf('test/huge', [], 'uint32', [4]), [])).rejects.toThrow(
      DeviceError,
    );
    expect((await runTile(executor!, chain(3), [input])).outputs).toEqual([smoothed]);
    expect(new OutOfMemoryError('x')).toBeInstanceOf(DeviceError);
  });

  it('rejects runs in flight when the device is lost, then acquires another', async () => {
    const own = await createTestExecutor();
    const run = runTile(own, chain(3), [input]);
    own.device.destroy();
    await expect(run).rejects.toThrow(DeviceLostError);
    expect((await runTile(own, chain(3), [input])).outputs).toEqual([smoothed]);
    own.dispose();
    await expect(runTile(own, chain(3), [input])).rejects.toThrow(DeviceError);
  });

  it("never replaces nor destroys the caller's device", async () => {
    const gpu = (await findTestGpu()) as GPU;
    const { device } = await acquireDevice({ gpu, defaultLimits: true });
    const own = await createTestExecutor({ device });
    expect((await runTile(own, chain(3), [input])).outputs).toEqual([smoothed]);
    own.dispose();
    const other = await createTestExecutor({ device });
    expect((await runTile(other, chain(3), [input])).outputs).toEqual([smoothed]);
    device.destroy();
    await device.lost;
    await expect(runTile(other, chain(3), [input])).rejects.toThrow(DeviceLostError);
  });

  it('knows which programs fit', () => {
    const program = (dtype: DType, size: number) => programOf('test/smooth', [], dtype, [size]);
    expect(executor!.fits(program('float32', 2 ** 25))).toBe(true);
    expect(executor!.fits(program('float32', 2 ** 25 + 1))).toBe(false);
  });
});

describe('acquireDevice', () => {
  it('throws a DeviceError without WebGPU or an adapter', async () => {
    await expect(
      acquireDevice({ gpu: { requestAdapter: async () => null } as unknown as GPU }),
    ).rejects.toThrow(DeviceError);
  });
});

describe('GPU bookkeeping', () => {
  it('folds grids past the limit of a dimension', () => {
    expect(foldGroups(65535, 65535)).toEqual([65535, 1]);
    expect(foldGroups(65536, 65535)).toEqual([32768, 2]);
    const [x, y] = foldGroups(10_000_019, 65535);
    expect(x * y).toBeGreaterThanOrEqual(10_000_019);
    expect(Math.max(x, y)).toBeLessThanOrEqual(65535);
  });

  it('wastes little of a size class', () => {
    for (const bytes of [1, 256, 257, 1000, 4097, 1 << 20, (1 << 20) + 1]) {
      const size = sizeClass(bytes);
      expect(size).toBeGreaterThanOrEqual(bytes);
      if (bytes > 1024) expect(size).toBeLessThan(1.26 * bytes);
      expect(size % 4).toBe(0);
    }
  });

  it('reads binding layouts from WGSL', () => {
    const source = `@group(0) @binding(0) var<uniform> p: P;
      @group(0) @binding(1) var<storage, read> a: array<u32>;
      @group(0) @binding(2) var<storage, read_write> b: array<u32>;`;
    expect(layoutEntries(source).map(({ buffer }) => buffer?.type)).toEqual([
      'uniform',
      'read-only-storage',
      'storage',
    ]);
  });

  it('counts dispatches without a device', () => {
    const context = new CountingContext();
    const operand = operandOf(0, 'uint16', [100]);
    uniform1dGpu(context, {
      input: context.input(operand, [[0, 50]]),
      output: context.output(operand),
      dtype: 'uint16',
      outer: 1,
      inputLength: 50,
      outputLength: 50,
      inner: 1,
      table: new Int32Array(52),
      size: 3,
      cval: 0,
    });
    expect(context.shaders).toEqual(['copyBox', 'uniform1d']);
    expect(context.bytesUploaded).toBe(208);
  });
});
