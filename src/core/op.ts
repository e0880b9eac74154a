// An operation is one record: its shape and region rules, and its two kernels. Both halves are required.
import type { DType, TypedArray } from './dtype';
import type { Expression } from './expression';
import type { ArrayMeta, GraphNode, Params } from './graph';
import type { CpuKernels } from './kernels';
import type { Region, Shape } from './region';

/** A block of an array inside a running tile program. */
export interface Operand {
  /** Where the executor keeps the block's data. */
  readonly slot: number;
  /** What part of the array the block covers, C order, dense. */
  readonly region: Region;
  /** Shape of the whole array: boundary modes act at its edges only. */
  readonly shape: Shape;
  readonly dtype: DType;
}

/** The executors, where an op has to tell them apart. */
export type ExecutorName = 'cpu' | 'gpu';

/** One kernel call of a tile program; plain data. */
export interface Step<P extends Params = Params> {
  readonly op: string;
  readonly params: P;
  readonly inputs: readonly (Operand | null)[];
  /** Block ops write here; for global ops it tells the tile's region. */
  readonly output: Operand;
}

/** What a CPU kernel may use. Pointers are byte offsets into the WASM heap, 16-byte aligned. */
export interface CpuContext {
  readonly kernels: CpuKernels;
  /**
   * The operand's data, dense over `region` (default: all of it); crops only when the regions differ. `from` is
   * where the data stands when it is not in the operand's slot.
   */
  input(operand: Operand, region?: Region, from?: number): number;
  /** Space for the step's output block. */
  output(operand: Operand): number;
  /** Makes the output be the very data at `pointer`, without a copy. */
  alias(operand: Operand, pointer: number): void;
  /** Copies a dense block covering `region` into the output block of `operand`: all of it is to be given in such parts. */
  paste(pointer: number, region: Region, operand: Operand): void;
  /**
   * Makes the output be what `form` says to steps that know it. Only where its data is asked for, `fill` writes it, dense,
   * to a pointer.
   */
  defer(operand: Operand, form: unknown, fill: (pointer: number) => void): void;
  /** What {@link defer} was given for the operand. */
  form(operand: Operand): unknown;
  /** Space that lives as long as the operand; contents undefined. */
  keep(operand: Operand, bytes: number): number;
  /** Whether the operand's data is needed no more after this step: it may be overwritten and be the output. */
  isLastUse(operand: Operand): boolean;
  /** Space that lives until the step ends; contents undefined. */
  scratch(bytes: number): number;
  /** Copies `data` into scratch space. */
  constant(data: TypedArray): number;
  /** Evaluates a pointwise expression over `count` elements at `inputs`, into `output` (which may be an input). */
  pointwise(expression: Expression, count: number, output: number, inputs: readonly number[]): void;
  /** A typed view of the heap; invalid after the next allocation. */
  view(dtype: DType, pointer: number, length: number): TypedArray;
}

/** A device buffer handle; its meaning is the executor's. */
export interface GpuBufferRef {
  readonly bytes: number;
}

/** One compute dispatch: a shader of `shaders/`, specialised and bound. */
export interface Dispatch {
  /** File name in `shaders/`, without extension; its entry point is `main` unless `entryPoint` says otherwise. */
  readonly shader: string;
  readonly entryPoint?: string;
  /** WGSL put before the shader: aliases and functions that specialise it. Part of the pipeline key. */
  readonly header?: string;
  /** Functions of the application's that the shader calls. Part of the pipeline key; errors in them are FunctionErrors. */
  readonly functions?: WgslFunctions;
  /** Values of WGSL `override` constants. Part of the pipeline key. */
  readonly constants?: Readonly<Record<string, number>>;
  /** Contents of the uniform struct at binding 0, as 32-bit words (floats through `floatBits`). Padded to 16 bytes. */
  readonly uniforms: ArrayLike<number>;
  /** Storage buffers at bindings 1, 2, … */
  readonly bindings: readonly GpuBufferRef[];
  /** Invocations wanted; the executor rounds up to `workgroupSize` and folds to two dimensions past 65,535 groups. */
  readonly invocations: number;
  /** Invocations per workgroup along x, as the shader declares. Default 64. */
  readonly workgroupSize?: number;
}

/** WGSL of the application's. */
export interface WgslFunctions {
  readonly wgsl: string;
  /** Names the call that it was given to, and what it has to define, in errors. */
  readonly label: string;
  readonly signature: string;
}

/** What a GPU kernel may use. Nothing runs until the tile's one submit. */
export interface GpuContext {
  /**
   * The operand's data, packed (bool/8-bit: four to a word, 16-bit: two), dense over `region`. `from` is where the
   * data stands when it is not in the operand's slot.
   */
  input(operand: Operand, region?: Region, from?: GpuBufferRef): GpuBufferRef;
  output(operand: Operand): GpuBufferRef;
  alias(operand: Operand, buffer: GpuBufferRef): void;
  /** Copies a dense block covering `region` into the output block of `operand`, which covers more. */
  paste(buffer: GpuBufferRef, region: Region, operand: Operand): void;
  /** Zero-filled space that lives until the step ends. */
  scratch(bytes: number): GpuBufferRef;
  /** The same with undefined contents. */
  workspace(bytes: number): GpuBufferRef;
  /** Uploads `data`; cached by content. */
  constant(data: TypedArray): GpuBufferRef;
  dispatch(dispatch: Dispatch): void;
}

interface OpBase<P extends Params> {
  readonly name: string;
  /**
   * The input regions an output region needs on an executor; null where an input is not needed at all. `found` is what
   * the node's survey found in the region: undefined for ops without one, and while a plan is only explained.
   */
  demand(
    region: Region,
    params: P,
    inputs: readonly ArrayMeta[],
    output: ArrayMeta,
    executor: ExecutorName,
    found?: unknown,
  ): readonly (Region | null)[];
  /** Why the GPU cannot meet the precision contract for this node; the tile then runs on the CPU. */
  gpuRefuses?(params: P, inputs: readonly ArrayMeta[], output: ArrayMeta): string | undefined;
  /** Why only a GPU can compute this node. */
  cpuRefuses?(params: P, inputs: readonly ArrayMeta[], output: ArrayMeta): string | undefined;
  /**
   * Per-tile parameters from the results of the node's `globals`, added to the step's params: only what this
   * region needs, since they travel to the executor. A global is undefined while a plan is only explained.
   */
  bind?(
    params: P,
    globals: readonly unknown[],
    region: Region,
    inputs: readonly ArrayMeta[],
    output: ArrayMeta,
  ): Params;
}

/** An operation that computes a region of its output array. */
export interface BlockOp<P extends Params = Params> extends OpBase<P> {
  readonly kind: 'block';
  /**
   * Whether slices of a block along an axis are computed from slices of the inputs, with nothing done twice. Default: no.
   */
  slices?(params: P, axis: number): boolean;
  /** When set, the op can compute only whole blocks of this grid (regions are widened to it). */
  blockShape?(params: P, output: ArrayMeta): Shape;
  /**
   * Where data decides what the op demands: a global node, whose partial result over a region is computed before the
   * region is planned.
   */
  survey?(node: GraphNode): GraphNode | undefined;
  cpu(context: CpuContext, step: Step<P>): void;
  gpu(context: GpuContext, step: Step<P>): void;
  /** One kernel for several steps that follow each other, the first of which is of this op. */
  readonly gpuRun?: {
    /**
     * How many of the steps one kernel does; at most 1 where none does several. `isPrivate` says whether what a step
     * makes is read by none but the first `length` steps.
     */
    length(steps: readonly Step[], isPrivate: (output: Operand, length: number) => boolean): number;
    /** The last step may be a global one; its partial result is returned. */
    gpu(context: GpuContext, steps: readonly Step[]): GpuPartial<unknown> | undefined;
  };
}

/** A GPU kernel's partial result: buffers to read back, and how to understand them. */
export interface GpuPartial<Partial> {
  readonly buffers: readonly GpuBufferRef[];
  decode(data: readonly ArrayBuffer[]): Partial;
}

/** Folds the partial results of tiles; order of arrival is not defined. */
export interface Accumulator<Partial, Result> {
  add(partial: Partial, region: Region): void;
  /** `globals`: results of the node's globals, which an op without `bind` needs only here. */
  finish(globals: readonly unknown[]): Result;
}

/** An operation whose result needs the whole array: one streaming pass of tiles, folded on the host. */
export interface GlobalOp<P extends Params = Params, Partial = unknown, Result = unknown> extends OpBase<P> {
  readonly kind: 'global';
  /** The tile grid of the pass; every tile is seen exactly once. */
  blockShape(params: P, inputs: readonly ArrayMeta[]): Shape;
  /** The array over which tiles run. */
  domain(params: P, inputs: readonly ArrayMeta[]): Shape;
  cpu(context: CpuContext, step: Step<P>): Partial;
  gpu(context: GpuContext, step: Step<P>): GpuPartial<Partial>;
  accumulate(params: P, inputs: readonly ArrayMeta[]): Accumulator<Partial, Result>;
}

export type Op = BlockOp | GlobalOp;

const registry = new Map<string, Op>();

/** Adds an operation to the one table that planner and executors read. */
export function defineBlockOp<P extends Params>(op: Omit<BlockOp<P>, 'kind'>): BlockOp<P> {
  const entry: BlockOp<P> = { ...op, kind: 'block' };
  registry.set(op.name, entry as unknown as Op);
  return entry;
}

export function defineGlobalOp<P extends Params, Partial, Result>(
  op: Omit<GlobalOp<P, Partial, Result>, 'kind'>,
): GlobalOp<P, Partial, Result> {
  const entry: GlobalOp<P, Partial, Result> = { ...op, kind: 'global' };
  registry.set(op.name, entry as unknown as Op);
  return entry;
}

/** Looks up an operation by name. */
export function getOp(name: string): Op {
  const op = registry.get(name);
  if (!op) throw new Error(`operation "${name}" is not registered`);
  return op;
}

export function getGlobalOp(name: string): GlobalOp {
  const op = getOp(name);
  if (op.kind !== 'global') throw new Error(`operation "${name}" is not a global operation`);
  return op;
}
