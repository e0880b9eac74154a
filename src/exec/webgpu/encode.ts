// Turns a tile's tape into one command buffer.
import { DeviceError } from '../../core/errors';
import { padToWord, UNIFORM } from './buffers';
import type { Command } from './context';
import type { Pipeline } from './pipelineCache';
import type { TileBuffer, TileMemory } from './tileMemory';

/** Offsets inside the staging buffer must suit every typed array. */
const alignPart = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** Where each read-back buffer lands in the staging buffer, and how large that is. */
export function readbackLayout(buffers: readonly TileBuffer[]): { offsets: number[]; total: number } {
  let total = 0;
  const offsets = buffers.map(({ bytes }) => {
    const at = total;
    total += alignPart(padToWord(bytes));
    return at;
  });
  return { offsets, total };
}

/** Workgroups in two dimensions, as equal as the device's limit asks. */
export function foldGroups(groups: number, limit: number): readonly [number, number] {
  const rows = Math.max(1, Math.ceil(groups / limit));
  return [Math.ceil(groups / rows), rows];
}

/** All uniforms of the tile in one buffer, at aligned offsets: one upload. */
function packUniforms(device: GPUDevice, memory: TileMemory, tape: readonly Command[]) {
  const align = device.limits.minUniformBufferOffsetAlignment;
  const offsets: number[] = [];
  let total = 0;
  for (const command of tape) {
    offsets.push(total);
    if (command.kind === 'dispatch')
      total += Math.ceil(Math.max(16, command.dispatch.uniforms.length * 4) / align) * align;
  }
  const words = new Uint32Array(total / 4);
  tape.forEach((command, i) => {
    if (command.kind === 'dispatch')
      words.set(
        Array.from(command.dispatch.uniforms, (w) => w >>> 0),
        offsets[i] / 4,
      );
  });
  const buffer = memory.acquire(Math.max(16, total), UNIFORM);
  if (total > 0) device.queue.writeBuffer(buffer, 0, words);
  return { buffer, offsets };
}

/** Begins a command buffer: the tape, then copies of `readback` into `staging` at `offsets`. `pipelines` parallels the tape. */
export function encodeTile(
  device: GPUDevice,
  memory: TileMemory,
  tape: readonly Command[],
  pipelines: readonly (Pipeline | undefined)[],
  readback: readonly TileBuffer[],
  staging: GPUBuffer | undefined,
  offsets: readonly number[],
): GPUCommandEncoder {
  const uniforms = packUniforms(device, memory, tape);
  const encoder = device.createCommandEncoder({ label: 'tile' });
  let pass: GPUComputePassEncoder | undefined;
  tape.forEach((command, i) => {
    const pipeline = pipelines[i];
    if (command.kind === 'clear' || !pipeline) {
      pass?.end();
      pass = undefined;
      if (command.kind === 'clear')
        encoder.clearBuffer(command.buffer.buffer, 0, padToWord(command.buffer.bytes));
      return;
    }
    pass ??= encoder.beginComputePass();
    encodeDispatch(device, pass, command, pipeline, uniforms.buffer, uniforms.offsets[i]);
  });
  pass?.end();
  if (staging)
    readback.forEach(({ buffer, bytes }, i) => {
      encoder.copyBufferToBuffer(buffer, 0, staging, offsets[i], padToWord(bytes));
    });
  return encoder;
}

function encodeDispatch(
  device: GPUDevice,
  pass: GPUComputePassEncoder,
  { dispatch, bindings }: Extract<Command, { kind: 'dispatch' }>,
  { pipeline, layout, uniform, storage }: Pipeline,
  uniforms: GPUBuffer,
  offset: number,
): void {
  if (storage !== bindings.length)
    throw new DeviceError(
      `shader ${dispatch.shader}: declares ${storage} storage buffers, got ${bindings.length}`,
    );
  const entries: GPUBindGroupEntry[] = bindings.map(({ buffer, bytes }, i) => ({
    binding: i + 1,
    resource: { buffer, size: padToWord(bytes) },
  }));
  if (uniform) {
    const size = Math.max(16, Math.ceil(dispatch.uniforms.length / 4) * 16);
    entries.push({ binding: 0, resource: { buffer: uniforms, offset, size } });
  }
  const groups = Math.ceil(dispatch.invocations / (dispatch.workgroupSize ?? 64));
  if (groups === 0) return;
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ label: dispatch.shader, layout, entries }));
  pass.dispatchWorkgroups(...foldGroups(groups, device.limits.maxComputeWorkgroupsPerDimension));
}
