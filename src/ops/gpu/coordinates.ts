// Given coordinates on the GPU: float32, taken to float64 in integer arithmetic.
import type { ArrayMeta } from '../../core/graph';
import type { GpuBufferRef, GpuContext } from '../../core/op';
import { padTo4 } from '../../core/structure';
import type { SurveyParams } from '../ndinterp/coordinates';
import { gatherMode, type InterpolateParams } from '../ndinterp/geometry';

const ELEMENTS_PER_INVOCATION = 16;
/** What the survey's counters hold for tap 0. */
const ZERO = 2 ** 31;

/** Why the GPU cannot look up these coordinates. */
export function coordinatesRefuse({ dtype, shape }: ArrayMeta): string | undefined {
  if (dtype !== 'float32') return `coordinates are ${dtype}, which needs 64-bit arithmetic`;
  return shape.length > 4 ? 'coordinates of more than four axes' : undefined;
}

/** WGSL for lib/givenCoordinate.wgsl. */
export function coordinateHeader({
  order,
  mode,
  pad,
}: Pick<InterpolateParams, 'order' | 'mode' | 'pad'>): string {
  const [low, high] = new Uint32Array(Float64Array.of(pad).buffer);
  return [
    `const ORDER = ${order}u;`,
    `const MODE = ${gatherMode(mode)}u;`,
    `const PAD = vec2u(${high}u, ${low}u);`,
  ].join('\n');
}

/** Smallest and largest first tap along each axis of the image, of `count` coordinates. */
export function surveyGpu(
  context: GpuContext,
  params: SurveyParams,
  coordinates: GpuBufferRef,
  count: number,
): { buffers: GpuBufferRef[]; decode: (data: readonly ArrayBuffer[]) => Int32Array } {
  const bounds = context.scratch(4 * 8);
  const lengths = [...params.image, ...padTo4([], 0)].slice(0, 4);
  context.dispatch({
    shader: 'coordinateSurvey',
    header: `${coordinateHeader(params)}\nconst RANK = ${params.image.length}u;`,
    uniforms: [...lengths, count],
    bindings: [coordinates, bounds],
    invocations: Math.ceil(count / ELEMENTS_PER_INVOCATION),
  });
  const decode = ([data]: readonly ArrayBuffer[]) => {
    const counters = new Uint32Array(data);
    // Counters that stayed zero: no coordinate was inside.
    if (counters[1] === 0) return Int32Array.of(1, 0);
    return Int32Array.from(counters, (value, i) => (i % 2 === 0 ? ZERO - value : value - ZERO));
  };
  return { buffers: [bounds], decode };
}
