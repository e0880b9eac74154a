// Compute pipelines, compiled once per (shader, entry point, header, constants) and shared while in flight.
import { DeviceError } from '../../core/errors';
import type { Dispatch } from '../../core/op';
import { COMPUTE } from './buffers';
import { shaderSource } from './shaders';

type Specialisation = Pick<Dispatch, 'shader' | 'entryPoint' | 'header' | 'constants'>;

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

export const pipelineKey = ({ shader, entryPoint, header, constants }: Specialisation): string =>
  JSON.stringify([shader, entryPoint ?? 'main', header ?? '', constants ?? {}]);

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

  async #compile({ shader, entryPoint = 'main', header = '', constants }: Specialisation): Promise<Pipeline> {
    const { device } = this;
    const code = `${header}\n${shaderSource(shader)}`;
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
    throw new DeviceError(`shader ${shader}: ${(cause as Error).message}`, { cause });
  }
}
