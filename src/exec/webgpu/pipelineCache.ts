// Compute pipelines, compiled once per (shader, entry point, header, constants) and shared while in flight.
import { DeviceError, FunctionError } from '../../core/errors';
import type { Dispatch, WgslFunctions } from '../../core/op';
import { COMPUTE } from './buffers';
import { shaderSource } from './shaders';

type Specialisation = Pick<Dispatch, 'shader' | 'entryPoint' | 'header' | 'functions' | 'constants'>;

export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Whether there is a uniform buffer at binding 0, and how many storage buffers follow. */
  readonly uniform: boolean;
  readonly storage: number;
}

const DECLARATION = /@group\(0\)\s*@binding\((\d+)\)\s*var<(\w+)(?:\s*,\s*(\w+))?>/g;

/** The bind group layout that a WGSL source declares: explicit, since 'auto' drops bindings that go unused. */
export function layoutEntries(source: string): GPUBindGroupLayoutEntry[] {
  return [...source.matchAll(DECLARATION)].map(([, binding, space, access]) => ({
    binding: Number(binding),
    visibility: COMPUTE,
    buffer: {
      type: space === 'uniform' ? 'uniform' : access === 'read_write' ? 'storage' : 'read-only-storage',
    },
  }));
}

export const pipelineKey = ({ shader, entryPoint, header, functions, constants }: Specialisation): string =>
  JSON.stringify([shader, entryPoint ?? 'main', functions?.wgsl ?? '', header ?? '', constants ?? {}]);

export class PipelineCache {
  readonly #pipelines = new Map<string, Promise<Pipeline>>();

  constructor(readonly device: GPUDevice) {}

  get size(): number {
    return this.#pipelines.size;
  }

  /** The pipeline, compiling it unless that is done or under way. Failures are not cached. */
  get(what: Specialisation): Promise<Pipeline> {
    const key = pipelineKey(what);
    const known = this.#pipelines.get(key);
    if (known) return known;
    const made = this.#compile(what).catch((error) => {
      this.#pipelines.delete(key);
      throw error;
    });
    this.#pipelines.set(key, made);
    return made;
  }

  async #compile(what: Specialisation): Promise<Pipeline> {
    const { device } = this;
    const { shader, entryPoint = 'main', header = '', functions, constants } = what;
    // The application's functions come first: their lines keep their numbers.
    const code = `${functions ? `${functions.wgsl}\n` : ''}${header}\n${shaderSource(shader)}`;
    const entries = layoutEntries(code);
    device.pushErrorScope('validation');
    const layout = device.createBindGroupLayout({ label: shader, entries });
    const module = device.createShaderModule({ label: shader, code });
    const pipeline = device.createComputePipelineAsync({
      label: shader,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint, constants: { ...constants } },
    });
    const [scope, compiled] = await Promise.allSettled([device.popErrorScope(), pipeline]);
    const invalid = scope.status === 'fulfilled' ? scope.value : null;
    if (compiled.status === 'fulfilled' && !invalid) {
      const uniform = entries.some(({ binding }) => binding === 0);
      return { pipeline: compiled.value, layout, uniform, storage: entries.length - Number(uniform) };
    }
    const cause = invalid ?? (compiled as PromiseRejectedResult).reason;
    if (functions) await checkFunctions(functions, module, cause);
    throw new DeviceError(`shader ${shader}: ${(cause as Error).message}`, { cause });
  }
}

/** Throws what the compiler has to say about the application's functions. */
async function checkFunctions(
  { label, wgsl, signature }: WgslFunctions,
  module: GPUShaderModule,
  cause: unknown,
): Promise<void> {
  const lines = wgsl.split('\n').length;
  const { messages } = await module.getCompilationInfo();
  const errors = messages.filter(({ type }) => type === 'error');
  if (errors.length === 0) return;
  // What is wrong beyond their lines is how the shader may call them.
  const text = errors.map(({ lineNum, message }) =>
    lineNum <= lines ? `line ${lineNum}: ${message}` : message,
  );
  const found = [...new Set(text)].join('; ');
  throw new FunctionError(`${label}: the WGSL does not compile as ${signature}: ${found}`, { cause });
}
