// A software GPU for tests in Node: Dawn on Chromium's SwiftShader, with WebGPU's default limits only.
import { existsSync } from 'node:fs';
import { allocate, type DType, itemSize, type TypedArray } from '../../src/core/dtype';
import {
  defineBlockOp,
  defineGlobalOp,
  type GpuBufferRef,
  type GpuContext,
  type Operand,
} from '../../src/core/op';
import type { TileProgram, TileResult } from '../../src/core/program';
import { wholeRegion } from '../../src/core/region';
import type { RunOptions } from '../../src/exec/executor';
import { GpuExecutor, type GpuExecutorOptions } from '../../src/exec/webgpu/executor';

const CHROMIUM = '/usr/lib/chromium';
const SWIFTSHADER = `${CHROMIUM}/vk_swiftshader_icd.json`;

const host = globalThis as { __gpu?: GPU };

/** The GPU entry point, or the reason why there is none. */
export async function findTestGpu(): Promise<GPU | string> {
  if (host.__gpu) return host.__gpu;
  if (!process.env.VK_ICD_FILENAMES) {
    if (!existsSync(SWIFTSHADER)) return `no software Vulkan driver (${SWIFTSHADER}; apt install chromium)`;
    process.env.VK_ICD_FILENAMES = SWIFTSHADER;
  }
  loadVulkan();
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    pollSeldom();
    // Dawn aborts when its instance is garbage-collected, so it stays reachable.
    host.__gpu = create([]);
    return (await host.__gpu.requestAdapter()) ? host.__gpu : 'WebGPU finds no adapter';
  } catch (error) {
    return `the webgpu package does not load: ${(error as Error).message}`;
  }
}

/**
 * While there is work on the GPU, Dawn's binding asks after it in every turn of the event loop, by this function, and
 * would take a whole core from the software GPU and from other tests.
 */
function pollSeldom(): void {
  const poll = (callback: (...args: unknown[]) => void, ...args: unknown[]) =>
    setTimeout(callback, 1, ...args);
  Object.assign(globalThis, { setImmediate: poll });
}

/** Dawn asks for libvulkan.so.1 by name: one that is loaded already will do, and Chromium brings its own. */
function loadVulkan(): void {
  const RTLD_NOW = 0x2;
  const RTLD_NODELETE = 0x1000;
  try {
    process.dlopen({ exports: {} }, `${CHROMIUM}/libvulkan.so.1`, RTLD_NOW | RTLD_NODELETE);
  } catch {
    // Always: it is not a Node addon. It stays loaded all the same.
  }
}

const found = await findTestGpu();

/** Why GPU tests are skipped, if they are: `describe.skipIf(noGpu)(...)`. */
export const noGpu: string | undefined = typeof found === 'string' ? found : undefined;
if (noGpu) console.warn(`GPU tests skipped: ${noGpu}`);

/** An executor whose device has the default limits. */
export const createTestExecutor = (options: GpuExecutorOptions = {}): Promise<GpuExecutor> =>
  GpuExecutor.create({ gpu: found as GPU, defaultLimits: true, ...options });

export interface Arrays {
  readonly dtype: DType;
  readonly data: TypedArray;
  /** Default: flat. */
  readonly shape?: readonly number[];
}

type Kernel = (context: GpuContext, inputs: GpuBufferRef[], output: GpuBufferRef) => void;

let kernel: Kernel = () => {};
let partialKernel: (
  context: GpuContext,
  inputs: GpuBufferRef[],
) => ReturnType<Parameters<typeof runPartial>[2]>;

const inputs = (context: GpuContext, operands: readonly (Operand | null)[]) =>
  operands.map((operand) => context.input(operand as Operand));

const unused = () => {
  throw new Error('not used in these tests');
};

defineBlockOp({
  name: 'test/kernel',
  demand: unused,
  cpu: unused,
  gpu: (context, step) => kernel(context, inputs(context, step.inputs), context.output(step.output)),
});

defineGlobalOp({
  name: 'test/partial',
  demand: unused,
  blockShape: unused,
  domain: unused,
  cpu: unused,
  gpu: (context, step) => partialKernel(context, inputs(context, step.inputs)),
  accumulate: unused,
});

export const operandOf = (slot: number, dtype: DType, shape: readonly number[]): Operand => ({
  slot,
  dtype,
  shape,
  region: wholeRegion(shape),
});

/** A one-step program over whole arrays. */
export function programOf(
  op: string,
  arrays: readonly Arrays[],
  dtype: DType,
  shape: readonly number[],
  partial = false,
): TileProgram {
  const reads = arrays.map((array, slot) => ({
    ...operandOf(slot, array.dtype, array.shape ?? [array.data.length]),
    key: `input ${slot}`,
  }));
  const output = operandOf(arrays.length, dtype, shape);
  return {
    tile: wholeRegion(shape),
    slots: arrays.length + 1,
    reads,
    steps: [{ op, params: {}, inputs: reads, output, partial, free: reads.map(({ slot }) => slot) }],
    outputs: partial ? [] : [output],
  };
}

/** Runs a program on arrays that cover its reads. */
export const runTile = (
  executor: GpuExecutor,
  program: TileProgram,
  inputs: readonly TypedArray[],
  options?: RunOptions,
): Promise<TileResult> =>
  executor.run(
    program,
    inputs.map((data, i) => ({ data, region: program.reads[i].region })),
    options,
  );

/** Runs one kernel over whole arrays and returns its output. */
export async function runKernel(
  executor: GpuExecutor,
  arrays: readonly Arrays[],
  dtype: DType,
  shape: readonly number[],
  body: Kernel,
): Promise<TypedArray> {
  kernel = body;
  const program = programOf('test/kernel', arrays, dtype, shape);
  const { outputs } = await runTile(
    executor,
    program,
    arrays.map(({ data }) => data),
  );
  return outputs[0];
}

/** Runs a kernel that returns buffers to read back. */
export async function runPartial<Result>(
  executor: GpuExecutor,
  arrays: readonly Arrays[],
  body: (
    context: GpuContext,
    inputs: GpuBufferRef[],
  ) => {
    buffers: readonly GpuBufferRef[];
    decode(data: readonly ArrayBuffer[]): Result;
  },
): Promise<Result> {
  partialKernel = body as typeof partialKernel;
  const { partials } = await runTile(
    executor,
    programOf('test/partial', arrays, 'uint8', [1], true),
    arrays.map(({ data }) => data),
  );
  return partials[0] as Result;
}

/** A small reproducible generator of numbers in [0, 1). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Values over the whole range of an integer type, or in [-100, 100) for floats. */
export function randomArray(dtype: DType, length: number, seed = 1): TypedArray {
  const next = random(seed);
  const data = allocate(dtype, length);
  for (let i = 0; i < length; i++) {
    if (dtype === 'float32') data[i] = next() * 200 - 100;
    else if (dtype === 'bool') data[i] = next() < 0.5 ? 1 : 0;
    else data[i] = Math.floor(next() * 2 ** (8 * itemSize(dtype)));
  }
  return data;
}
