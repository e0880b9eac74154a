// WebGPU's entry point: apart from all that uses it, so that pages without one load nothing more.
import { DeviceError } from '../../core/errors';

export const findGpu = (): GPU | undefined =>
  typeof navigator === 'undefined' ? undefined : (navigator as { gpu?: GPU }).gpu;

export const noGpu = (): DeviceError =>
  new DeviceError('device: WebGPU is not available here (navigator.gpu is missing)');
