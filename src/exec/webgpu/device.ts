// Getting a GPUDevice: the caller's, or our own with the limits the adapter offers.
import { DeviceError } from '../../core/errors';
import { findGpu, noGpu } from './findGpu';

export interface DeviceOptions {
  /** Use this device; it is never destroyed by us. */
  readonly device?: GPUDevice;
  /** Where to ask for an adapter. Default: `navigator.gpu`, in a page or a worker. */
  readonly gpu?: GPU;
  /** Ask for WebGPU's default limits only, to prove that nothing here needs more. */
  readonly defaultLimits?: boolean;
  readonly powerPreference?: GPUPowerPreference;
}

export interface AcquiredDevice {
  readonly device: GPUDevice;
  /** A software adapter: correct, but slower than WASM workers. */
  readonly isFallback: boolean;
  readonly description: string;
  /** Whether we made the device, and so destroy it and may replace it. */
  readonly owned: boolean;
}

/** The limits that decide how large a tile may be. */
const WANTED = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxStorageBuffersPerShaderStage',
] as const;

/** Gets a device, or throws a {@link DeviceError} that says what is missing. */
export async function acquireDevice(options: DeviceOptions = {}): Promise<AcquiredDevice> {
  if (options.device) return describeDevice(options.device, options.device.adapterInfo, false);
  const gpu = options.gpu ?? findGpu();
  if (!gpu) throw noGpu();
  const adapter = await gpu.requestAdapter({
    powerPreference: options.powerPreference ?? 'high-performance',
  });
  if (!adapter) throw new DeviceError('device: WebGPU found no adapter');
  const requiredLimits: Record<string, number> = {};
  if (!options.defaultLimits) for (const name of WANTED) requiredLimits[name] = adapter.limits[name];
  try {
    const device = await adapter.requestDevice({ label: 'tilewise', requiredLimits });
    return describeDevice(device, adapter.info, true);
  } catch (cause) {
    throw new DeviceError(`device: the adapter refused a device: ${(cause as Error).message}`, { cause });
  }
}

function describeDevice(device: GPUDevice, info: GPUAdapterInfo | undefined, owned: boolean): AcquiredDevice {
  const names = [info?.vendor, info?.architecture, info?.description].filter(Boolean);
  const description = [...new Set(names)].join(' ') || 'unnamed adapter';
  return { device, isFallback: info?.isFallbackAdapter ?? false, description, owned };
}
