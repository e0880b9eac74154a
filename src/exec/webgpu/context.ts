// Records what a tile's steps ask for; nothing runs until the tape is encoded into the tile's one submit.
import type { TypedArray } from '../../core/dtype';
import type { Dispatch, GpuBufferRef, GpuContext, Operand } from '../../core/op';
import { type Region, sameRegion } from '../../core/region';
import { cropGpu, pasteGpu } from '../../ops/gpu/copyBox';
import { operandBytes } from './buffers';
import { TileBuffer, type TileMemory } from './tileMemory';

/** A recorded command, in order. */
export type Command =
  | { readonly kind: 'clear'; readonly buffer: TileBuffer }
  | { readonly kind: 'dispatch'; readonly dispatch: Dispatch; readonly bindings: readonly TileBuffer[] };

export class RecordingContext implements GpuContext {
  readonly tape: Command[] = [];
  readonly #slots: (TileBuffer | undefined)[] = [];
  #step: TileBuffer[] = [];

  constructor(readonly memory: TileMemory) {}

  input(operand: Operand, region: Region = operand.region, from?: GpuBufferRef): GpuBufferRef {
    const input = from ?? this.slot(operand.slot);
    if (sameRegion(region, operand.region)) return input;
    const output = this.#scoped(this.memory.allocate(operandBytes({ ...operand, region })));
    cropGpu(this, { input, output, dtype: operand.dtype, whole: operand.region, part: region });
    return output;
  }

  paste(input: GpuBufferRef, region: Region, operand: Operand): void {
    const output = this.#slots[operand.slot] ?? this.output(operand);
    pasteGpu(this, { input, output, dtype: operand.dtype, whole: operand.region, part: region });
  }

  output(operand: Operand): GpuBufferRef {
    const buffer = this.memory.allocate(operandBytes(operand));
    this.store(operand.slot, buffer);
    return buffer;
  }

  alias(operand: Operand, buffer: GpuBufferRef): void {
    const same = own(buffer);
    same.users++;
    this.store(operand.slot, same);
  }

  workspace(bytes: number): TileBuffer {
    return this.#scoped(this.memory.allocate(bytes));
  }

  scratch(bytes: number): GpuBufferRef {
    const buffer = this.workspace(bytes);
    this.tape.push({ kind: 'clear', buffer });
    return buffer;
  }

  constant(data: TypedArray): GpuBufferRef {
    return this.#scoped(this.memory.constant(data));
  }

  dispatch(dispatch: Dispatch): void {
    this.tape.push({ kind: 'dispatch', dispatch, bindings: dispatch.bindings.map(own) });
  }

  slot(slot: number): TileBuffer {
    const buffer = this.#slots[slot];
    if (!buffer) throw new Error(`slot ${slot} holds no data`);
    return buffer;
  }

  store(slot: number, buffer: TileBuffer): void {
    this.free(slot);
    this.#slots[slot] = buffer;
  }

  free(slot: number): void {
    const buffer = this.#slots[slot];
    this.#slots[slot] = undefined;
    if (buffer) this.memory.release(buffer);
  }

  /** Keeps buffers that are read back from being reused by later steps. */
  keep(buffers: readonly GpuBufferRef[]): TileBuffer[] {
    return buffers.map((buffer) => {
      const kept = own(buffer);
      kept.users++;
      return kept;
    });
  }

  endStep(): void {
    for (const buffer of this.#step) this.memory.release(buffer);
    this.#step = [];
  }

  #scoped(buffer: TileBuffer): TileBuffer {
    this.#step.push(buffer);
    return buffer;
  }
}

function own(buffer: GpuBufferRef): TileBuffer {
  if (buffer instanceof TileBuffer) return buffer;
  throw new Error('a GPU buffer of another context was used');
}
