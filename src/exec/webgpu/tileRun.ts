// One tile on one device: record every step, compile what is missing, submit once, read back once.
import { type TypedArray, view } from '../../core/dtype';
import { DeviceError } from '../../core/errors';
import type { GpuPartial, Operand } from '../../core/op';
import type { TileProgram, TileResult } from '../../core/program';
import { regionSize } from '../../core/region';
import type { DeviceTarget } from '../executor';
import { MAP_READ, READBACK } from './buffers';
import { type Command, RecordingContext } from './context';
import { encodeTile, readbackLayout } from './encode';
import { DeviceLostError, OutOfMemoryError } from './errors';
import { encodeSteps, gpuSteps } from './gpuSteps';
import type { Pipeline } from './pipelineCache';
import type { GpuSession } from './session';
import { type TileBuffer, TileMemory } from './tileMemory';

export interface RunStats {
  submits: number;
  dispatches: number;
  bytesUploaded: number;
  bytesRead: number;
}

export interface RunTileOptions {
  readonly signal?: AbortSignal;
  /** Takes the outputs where they are: they are not read back. */
  readonly target?: DeviceTarget;
}

interface Recorded {
  readonly memory: TileMemory;
  readonly tape: readonly Command[];
  readonly outputs: readonly TileBuffer[];
  readonly readback: readonly TileBuffer[];
  readonly partials: readonly GpuPartial<unknown>[];
  readonly staging: GPUBuffer | undefined;
  readonly offsets: readonly number[];
}

/** Runs the tile. After an out-of-memory error, once more with the pools emptied. */
export async function runTile(
  session: GpuSession,
  program: TileProgram,
  inputs: readonly TypedArray[],
  stats: RunStats,
  options: RunTileOptions,
): Promise<TileResult> {
  try {
    return await attempt(session, program, inputs, stats, options);
  } catch (error) {
    if (!(error instanceof OutOfMemoryError)) throw error;
    session.constants.flush();
    session.pool.flush();
    return attempt(session, program, inputs, stats, options);
  }
}

async function attempt(
  session: GpuSession,
  program: TileProgram,
  inputs: readonly TypedArray[],
  stats: RunStats,
  { signal, target }: RunTileOptions,
): Promise<TileResult> {
  const memory = new TileMemory(session.pool, session.constants);
  let reusable = false;
  try {
    const recorded = await scoped(session, () => record(memory, program, inputs, target));
    const pipelines = await Promise.all(recorded.tape.map((command) => compile(session, command)));
    signal?.throwIfAborted();
    const finish = (encoder: GPUCommandEncoder) =>
      target?.take(
        encoder,
        recorded.outputs.map(({ buffer }) => buffer),
        program,
      );
    await scoped(session, () => submit(session, recorded, pipelines, finish));
    stats.submits++;
    stats.dispatches += recorded.tape.filter(({ kind }) => kind === 'dispatch').length;
    stats.bytesUploaded += memory.uploaded;
    const parts = await readParts(session, recorded);
    stats.bytesRead += parts.reduce((sum, part) => sum + part.byteLength, 0);
    reusable = true;
    return decode(target ? [] : program.outputs, recorded, parts);
  } catch (error) {
    // Nothing of an aborted tile was submitted, so its buffers are as good as new.
    reusable ||= signal?.aborted === true && error === signal.reason;
    throw error;
  } finally {
    if (reusable) memory.finish();
    else memory.discard();
  }
}

/** Runs `body`, all of whose device calls are synchronous, and throws what the device has to say about them. */
async function scoped<T>({ device }: GpuSession, body: () => T): Promise<T> {
  device.pushErrorScope('internal');
  device.pushErrorScope('validation');
  device.pushErrorScope('out-of-memory');
  let result: T | undefined;
  let thrown: unknown;
  try {
    result = body();
  } catch (error) {
    thrown = error;
  }
  const scopes = [device.popErrorScope(), device.popErrorScope(), device.popErrorScope()];
  const [memory, validation, internal] = await Promise.all(scopes).catch((cause) => {
    throw new DeviceLostError('device: lost while preparing a tile', { cause });
  });
  if (memory) throw new OutOfMemoryError(`device: out of memory: ${memory.message}`);
  if (thrown) throw thrown;
  const error = validation ?? internal;
  if (error) throw new DeviceError(`device: ${error.message}`);
  return result as T;
}

function record(
  memory: TileMemory,
  program: TileProgram,
  inputs: readonly TypedArray[],
  target: DeviceTarget | undefined,
): Recorded {
  const context = new RecordingContext(memory);
  program.reads.forEach(({ slot }, i) => {
    context.store(slot, memory.upload(inputs[i]));
  });
  const results = new Set(program.outputs.map(({ slot }) => slot));
  const partials: GpuPartial<unknown>[] = [];
  const kept: TileBuffer[] = [];
  for (const steps of gpuSteps(program)) {
    const partial = encodeSteps(context, steps);
    if (partial) {
      partials.push(partial);
      kept.push(...context.keep(partial.buffers));
    }
    context.endStep();
    for (const { free } of steps) for (const slot of free) if (!results.has(slot)) context.free(slot);
  }
  const outputs = program.outputs.map(({ slot }) => context.slot(slot));
  const readback = target ? kept : [...outputs, ...kept];
  const { offsets, total } = readbackLayout(readback);
  const staging = total > 0 ? memory.acquire(total, READBACK) : undefined;
  return { memory, tape: context.tape, outputs, readback, partials, staging, offsets };
}

function compile(session: GpuSession, command: Command): Promise<Pipeline> | undefined {
  return command.kind === 'dispatch' ? session.pipelines.get(command.dispatch) : undefined;
}

function submit(
  { device }: GpuSession,
  { memory, tape, readback, staging, offsets }: Recorded,
  pipelines: readonly (Pipeline | undefined)[],
  finish: (encoder: GPUCommandEncoder) => void,
): void {
  const encoder = encodeTile(device, memory, tape, pipelines, readback, staging, offsets);
  finish(encoder);
  device.queue.submit([encoder.finish()]);
}

async function readParts(
  session: GpuSession,
  { readback, staging, offsets }: Recorded,
): Promise<ArrayBuffer[]> {
  try {
    if (!staging) await session.device.queue.onSubmittedWorkDone();
    await staging?.mapAsync(MAP_READ);
  } catch (cause) {
    throw session.lost ?? new DeviceLostError(`device: lost: ${(cause as Error).message}`, { cause });
  }
  if (!staging) return [];
  const mapped = staging.getMappedRange();
  const parts = readback.map(({ bytes }, i) => mapped.slice(offsets[i], offsets[i] + bytes));
  staging.unmap();
  return parts;
}

function decode(
  operands: readonly Operand[],
  { partials }: Recorded,
  parts: readonly ArrayBuffer[],
): TileResult {
  const outputs = operands.map(({ dtype, region }, i) => view(dtype, parts[i], 0, regionSize(region)));
  let at = outputs.length;
  const results = partials.map((partial) => {
    const data = parts.slice(at, at + partial.buffers.length);
    at += partial.buffers.length;
    return partial.decode(data);
  });
  return { outputs, partials: results };
}
