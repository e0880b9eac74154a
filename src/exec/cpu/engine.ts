// Runs tile programs with the WASM kernels, on whatever thread it lives: the page, a worker, or Node.
import { type DType, itemSize, type TypedArray } from '../../core/dtype';
import type { Expression } from '../../core/expression';
import type { CpuKernels } from '../../core/kernels';
import { type CpuContext, getOp, type Operand } from '../../core/op';
import type { ProgramStep, TileProgram, TileResult } from '../../core/program';
import {
  copyRegion,
  type PlacedArray,
  type Region,
  regionShape,
  regionSize,
  sameRegion,
} from '../../core/region';
import { padTo4 } from '../../core/structure';
import { Heap } from './heap';
import { runPointwise } from './pointwise/run';
import { sliceProgram } from './slices';
import { instantiateKernels } from './wasm';

export class CpuEngine {
  readonly #heap: Heap;

  constructor(readonly kernels: CpuKernels) {
    this.#heap = new Heap(kernels);
  }

  static async create(): Promise<CpuEngine> {
    return new CpuEngine(await instantiateKernels());
  }

  /**
   * Computes one tile. Synchronous: a tile is milliseconds of work. `inputs` hold the regions of the program's reads; its
   * outputs go to `targets`, if there are any.
   */
  run(
    program: TileProgram,
    inputs: readonly PlacedArray[],
    targets: readonly PlacedArray[] = [],
  ): TileResult {
    if (targets.length > 0) {
      const slices = sliceProgram(program);
      if (slices.length > 1) {
        for (const slice of slices) this.#runOnce(slice, inputs, targets);
        return { outputs: [], partials: [] };
      }
    }
    return this.#runOnce(program, inputs, targets);
  }

  #runOnce(
    program: TileProgram,
    inputs: readonly PlacedArray[],
    targets: readonly PlacedArray[],
  ): TileResult {
    const run = new ProgramRun(this.kernels, this.#heap, program, targets);
    try {
      for (const [i, read] of program.reads.entries()) run.load(read, inputs[i]);
      const partials: unknown[] = [];
      for (const step of program.steps) {
        const result = run.step(step);
        if (step.partial) partials.push(result);
      }
      if (targets.length === 0)
        return { outputs: program.outputs.map((operand) => run.unload(operand)), partials };
      for (const [i, target] of targets.entries()) run.unloadTo(target, program.outputs[i], program.tile);
      return { outputs: [], partials };
    } finally {
      run.release();
    }
  }
}

/** Blocks of one program by slot. A block may stand in several slots (aliases), so blocks count their owners. */
class ProgramRun implements CpuContext {
  readonly #slots = new Map<number, number>();
  readonly #owners = new Map<number, number>();
  /** Outputs in a form of their op's, whose data is made when somebody asks for it. */
  readonly #deferred = new Map<
    number,
    { readonly form: unknown; readonly fill: (pointer: number) => void }
  >();
  /** What else lives as long as a slot. */
  readonly #kept = new Map<number, number[]>();
  /** Where parts of outputs go at once, since no step reads them. */
  readonly #targets = new Map<number, PlacedArray>();
  #scratch: number[] = [];
  #freed: readonly number[] = [];

  constructor(
    readonly kernels: CpuKernels,
    readonly heap: Heap,
    readonly program: TileProgram,
    targets: readonly PlacedArray[],
  ) {
    const read = new Set(program.steps.flatMap(({ inputs }) => inputs.map((input) => input?.slot)));
    for (const [i, target] of targets.entries()) {
      const { slot } = program.outputs[i];
      if (!read.has(slot)) this.#targets.set(slot, target);
    }
  }

  load({ slot, dtype, region }: Operand, from: PlacedArray): void {
    const length = regionSize(region);
    const pointer = this.#allocate(length * itemSize(dtype));
    copyRegion(from.data, from.region, this.view(dtype, pointer, length), region);
    this.#slots.set(slot, pointer);
  }

  step(step: ProgramStep): unknown {
    const op = getOp(step.op);
    this.#freed = step.free;
    const result = op.kind === 'block' ? op.cpu(this, step) : op.cpu(this, step);
    for (const pointer of this.#scratch) this.#disown(pointer);
    this.#scratch = [];
    for (const slot of step.free) {
      const pointer = this.#slots.get(slot);
      if (pointer !== undefined) this.#disown(pointer);
      for (const kept of this.#kept.get(slot) ?? []) this.#disown(kept);
      for (const map of [this.#slots, this.#deferred, this.#kept]) map.delete(slot);
    }
    return result;
  }

  unload(operand: Operand): TypedArray {
    const pointer = this.#pointer(operand);
    return this.view(operand.dtype, pointer, regionSize(operand.region)).slice();
  }

  /** Copies what of an operand lies in `box`. */
  unloadTo(target: PlacedArray, operand: Operand, box: Region): void {
    const { slot, dtype, region } = operand;
    const pasted = !this.#slots.has(slot) && !this.#deferred.has(slot);
    if (pasted) return;
    const pointer = this.#pointer(operand);
    const data = this.view(dtype, pointer, regionSize(region));
    copyRegion(data, region, target.data, target.region, box);
  }

  release(): void {
    for (const pointer of this.#owners.keys()) this.heap.free(pointer);
    this.#owners.clear();
  }

  input(operand: Operand, region: Region = operand.region, from?: number): number {
    const pointer = from ?? this.#pointer(operand);
    if (sameRegion(region, operand.region)) return pointer;
    const bytes = itemSize(operand.dtype);
    const target = this.scratch(regionSize(region) * bytes);
    const shape = regionShape(region);
    if (shape.length > 4) {
      // The kernel indexes four axes.
      const source = this.view(operand.dtype, pointer, regionSize(operand.region));
      copyRegion(source, operand.region, this.view(operand.dtype, target, regionSize(region)), region);
      return target;
    }
    this.kernels.copyBox(
      pointer,
      this.constant(padTo4(regionShape(operand.region), 1)),
      this.constant(
        padTo4(
          region.map(([start], axis) => start - operand.region[axis][0]),
          0,
        ),
      ),
      target,
      this.constant(padTo4(shape, 1)),
      this.constant(new Int32Array(4)),
      this.constant(padTo4(shape, 1)),
      bytes,
    );
    return target;
  }

  output(operand: Operand): number {
    const pointer = this.#allocate(regionSize(operand.region) * itemSize(operand.dtype));
    this.#slots.set(operand.slot, pointer);
    return pointer;
  }

  alias(operand: Operand, pointer: number): void {
    this.#slots.set(operand.slot, pointer);
    this.#owners.set(pointer, (this.#owners.get(pointer) ?? 0) + 1);
  }

  paste(pointer: number, region: Region, operand: Operand): void {
    const { slot, dtype, region: whole } = operand;
    const target = this.#targets.get(slot);
    const into = target ? 0 : (this.#slots.get(slot) ?? this.output(operand));
    const data = this.view(dtype, pointer, regionSize(region));
    if (target) copyRegion(data, region, target.data, target.region, this.program.tile);
    else copyRegion(data, region, this.view(dtype, into, regionSize(whole)), whole);
  }

  defer({ slot }: Operand, form: unknown, fill: (pointer: number) => void): void {
    this.#deferred.set(slot, { form, fill });
  }

  form({ slot }: Operand): unknown {
    return this.#deferred.get(slot)?.form;
  }

  keep({ slot }: Operand, bytes: number): number {
    const pointer = this.#allocate(bytes);
    this.#kept.set(slot, [...(this.#kept.get(slot) ?? []), pointer]);
    return pointer;
  }

  isLastUse({ slot }: Operand): boolean {
    return this.#freed.includes(slot) && this.#owners.get(this.#slots.get(slot)!) === 1;
  }

  scratch(bytes: number): number {
    const pointer = this.#allocate(bytes);
    this.#scratch.push(pointer);
    return pointer;
  }

  constant(data: TypedArray): number {
    const pointer = this.scratch(data.byteLength);
    this.#bytes(pointer, data.byteLength).set(bytesOf(data));
    return pointer;
  }

  pointwise(expression: Expression, count: number, output: number, inputs: readonly number[]): void {
    runPointwise(this.kernels, expression, count, output, inputs);
  }

  view(dtype: DType, pointer: number, length: number): TypedArray {
    return this.heap.view(dtype, pointer, length);
  }

  /** Where the operand's data stands, made now if it was put off. */
  #pointer(operand: Operand): number {
    const known = this.#slots.get(operand.slot);
    if (known !== undefined) return known;
    const pointer = this.output(operand);
    this.#deferred.get(operand.slot)!.fill(pointer);
    return pointer;
  }

  #allocate(bytes: number): number {
    const pointer = this.heap.allocate(Math.max(16, bytes));
    this.#owners.set(pointer, 1);
    return pointer;
  }

  #disown(pointer: number): void {
    const owners = this.#owners.get(pointer)! - 1;
    if (owners > 0) {
      this.#owners.set(pointer, owners);
      return;
    }
    this.#owners.delete(pointer);
    this.heap.free(pointer);
  }

  #bytes(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.kernels.memory.buffer, pointer, length);
  }
}

const bytesOf = (data: TypedArray): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
