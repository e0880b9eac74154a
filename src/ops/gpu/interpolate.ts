import type { ArrayMeta } from '../../core/graph';
import type { GpuContext, Step } from '../../core/op';
import type { InterpolateParams } from '../ndinterp/geometry';

export function interpolateRefuses(_p: InterpolateParams, _i: readonly ArrayMeta[], _o: ArrayMeta): string | undefined {
  return 'todo';
}
export function interpolateGpu(_context: GpuContext, _step: Step<InterpolateParams>): void {}
