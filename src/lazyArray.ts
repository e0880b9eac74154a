// The public handle: a thin class over a graph node. Methods build graph; only the calls that say so touch data.
import { checkAxis, checkInteger, perAxis } from './core/checks';
import {
  allocateShared,
  type Complex,
  checkDType,
  type DType,
  dtypeOf,
  entriesPerElement,
  isComplex,
  type Scalar,
  storedDType,
  type TypedArray,
} from './core/dtype';
import { ArgumentError, RegionError } from './core/errors';
import { type GraphNode, sourceNode } from './core/graph';
import {
  checkRegion,
  elementCount,
  type Interval,
  type Region,
  regionShape,
  regionSize,
  wholeRegion,
} from './core/region';
import type { Source } from './core/source';
import { blocksOf } from './exec/blocks';
import { computeRegion } from './exec/compute';
import { explainNode } from './exec/explain';
import type { ComputeOptions, OutputOptions } from './exec/options';
import { sharedMemory } from './exec/settings';
import { memorySource } from './io/memory';
import {
  angleNode,
  castNode,
  conjugateNode,
  imaginaryNode,
  type PointwiseOperand,
  pointwiseNode,
  realNode,
} from './ops/elementwise';
import { type Reduction, reduceAllNode, reduceAxesNode } from './ops/reductions';
import { rechunkNode, renameNode, sliceNode } from './ops/views';

/** Computed data: C order. */
export interface NDArray {
  /** One entry for each element; of complex numbers two, the real and the imaginary part. */
  readonly data: TypedArray;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly dimensionNames: readonly (string | null)[];
}

/** A block of a computed array and where it belongs. */
export interface NDBlock extends NDArray {
  readonly region: Region;
}

/** What a dimension is narrowed to: one index (the dimension goes), or start, stop and step; negative from the end. */
export type Selector = number | readonly [start: number, stop: number, step?: number];

/** Selectors by dimension name or axis number. */
export type Selection = Readonly<Record<string, Selector>>;

/** An interval per axis, or intervals by dimension name or axis number (others whole). */
export type RegionLike = Region | Readonly<Record<string, Interval>>;

export type Operand = LazyArray | Scalar | Complex | boolean;

export interface ReductionOptions {
  /** Axes or dimension names to reduce; default all. */
  readonly axis?: number | string | readonly (number | string)[];
}

export class LazyArray {
  /** The graph node: plain data but for its sources. */
  readonly node: GraphNode;

  constructor(node: GraphNode) {
    this.node = node;
  }

  get shape(): readonly number[] {
    return this.node.shape;
  }
  get dtype(): DType {
    return this.node.dtype;
  }
  /** Chunk shape of the regular grid in which results are computed. */
  get chunks(): readonly number[] {
    return this.node.chunks;
  }
  get dimensionNames(): readonly (string | null)[] {
    return this.node.dimensionNames;
  }
  /** Number of axes. */
  get rank(): number {
    return this.node.shape.length;
  }
  /** Number of elements. */
  get size(): number {
    return elementCount(this.node.shape);
  }

  /** Axis number of a dimension name or (possibly negative) axis number. @throws ArgumentError for an unknown one */
  axis(dimension: string | number, argument = 'dimension'): number {
    if (typeof dimension === 'number') return checkAxis(argument, dimension, this.rank);
    const axis = this.dimensionNames.indexOf(dimension);
    if (axis >= 0) return axis;
    if (/^-?\d+$/.test(dimension)) return checkAxis(argument, Number(dimension), this.rank);
    throw new ArgumentError(
      argument,
      dimension,
      `one of ${this.dimensionNames.map((n, i) => n ?? i).join(', ')}`,
    );
  }

  /**
   * Part of the array, by dimension: `select({ c: 0, y: [0, 512], x: [-512, -1] })`. A number drops its dimension.
   * @throws ArgumentError for an unknown dimension; RegionError for an index out of bounds or an empty part
   */
  select(selection: Selection): LazyArray {
    const selectors = new Map<number, Selector>();
    for (const [name, selector] of Object.entries(selection)) selectors.set(this.axis(name), selector);
    return this.#narrow((axis) => selectors.get(axis));
  }

  /** Part of the array, by position: one selector per axis from the first; null leaves an axis whole. */
  slice(...selectors: readonly (Selector | null)[]): LazyArray {
    if (selectors.length > this.rank)
      throw new ArgumentError('selectors', selectors, `at most ${this.rank} selectors, one per axis`);
    return this.#narrow((axis) => selectors[axis] ?? undefined);
  }

  /**
   * The array in another dtype; C semantics (truncation, wrapping; to bool: non-zero). Real numbers turn to complex
   * ones with imaginary part 0.
   * @throws ArgumentError for an unknown dtype, and for complex numbers to real ones: take `real()`
   * @see numpy.ndarray.astype
   */
  astype(dtype: DType): LazyArray {
    return new LazyArray(castNode(this.node, checkDType(dtype)));
  }

  /** The same data computed in another chunk grid: one length for all axes or one per axis. */
  rechunk(chunks: number | readonly number[]): LazyArray {
    const sizes = perAxis('chunks', chunks, this.rank, (name, v) => checkInteger(name, v, 1));
    return new LazyArray(
      rechunkNode(
        this.node,
        sizes.map((n, axis) => Math.min(n, Math.max(1, this.shape[axis]))),
      ),
    );
  }

  /** The same data under other dimension names. */
  rename(dimensionNames: readonly (string | null)[]): LazyArray {
    if (dimensionNames.length !== this.rank)
      throw new ArgumentError('dimensionNames', dimensionNames, `${this.rank} names`);
    return new LazyArray(renameNode(this.node, dimensionNames));
  }

  // Arithmetic, comparison and logic: NumPy's dtypes and broadcasting. Of complex numbers: sums, differences, products,
  // quotients, absolute value, equality and logic; everything else throws an ArgumentError.
  add(other: Operand): LazyArray {
    return apply('add', this, other);
  }
  subtract(other: Operand): LazyArray {
    return apply('subtract', this, other);
  }
  multiply(other: Operand): LazyArray {
    return apply('multiply', this, other);
  }
  /** True division: float64 for integers. */
  divide(other: Operand): LazyArray {
    return apply('divide', this, other);
  }
  floorDivide(other: Operand): LazyArray {
    return apply('floorDivide', this, other);
  }
  /** Remainder with the divisor's sign, as Python's %. */
  remainder(other: Operand): LazyArray {
    return apply('remainder', this, other);
  }
  power(other: Operand): LazyArray {
    return apply('power', this, other);
  }
  minimum(other: Operand): LazyArray {
    return apply('minimum', this, other);
  }
  maximum(other: Operand): LazyArray {
    return apply('maximum', this, other);
  }
  absolute(): LazyArray {
    return apply('absolute', this);
  }
  /** The real parts; a real array is its own. @see numpy.real */
  real(): LazyArray {
    return new LazyArray(realNode(this.node));
  }
  /** The imaginary parts; zeros of a real array. @see numpy.imag */
  imag(): LazyArray {
    return new LazyArray(imaginaryNode(this.node));
  }
  /** The complex conjugate. @see numpy.conj */
  conj(): LazyArray {
    return new LazyArray(conjugateNode(this.node));
  }
  /** The angle of a complex number in radians, in (-π, π]; 0 or π of a real one. @see numpy.angle */
  angle(): LazyArray {
    return new LazyArray(angleNode(this.node));
  }
  negative(): LazyArray {
    return apply('negative', this);
  }
  sqrt(): LazyArray {
    return apply('sqrt', this);
  }
  exp(): LazyArray {
    return apply('exp', this);
  }
  log(): LazyArray {
    return apply('log', this);
  }
  eq(other: Operand): LazyArray {
    return apply('eq', this, other);
  }
  ne(other: Operand): LazyArray {
    return apply('ne', this, other);
  }
  lt(other: Operand): LazyArray {
    return apply('lt', this, other);
  }
  le(other: Operand): LazyArray {
    return apply('le', this, other);
  }
  gt(other: Operand): LazyArray {
    return apply('gt', this, other);
  }
  ge(other: Operand): LazyArray {
    return apply('ge', this, other);
  }
  /** Logical and of truth values. */
  and(other: Operand): LazyArray {
    return apply('and', this, other);
  }
  or(other: Operand): LazyArray {
    return apply('or', this, other);
  }
  xor(other: Operand): LazyArray {
    return apply('xor', this, other);
  }
  not(): LazyArray {
    return apply('not', this);
  }
  isnan(): LazyArray {
    return apply('isnan', this);
  }
  /** Values limited to [low, high]; undefined leaves a side open. @see numpy.clip */
  clip(low?: Operand, high?: Operand): LazyArray {
    const raised = low === undefined ? this : this.maximum(low);
    return high === undefined ? raised : raised.minimum(high);
  }

  // Reductions of complex numbers: sum, mean and std; their extrema throw an ArgumentError.
  /** Sum over all elements (0-d) or some axes; integers give int64/uint64, exactly. @see numpy.sum */
  sum(options?: ReductionOptions): LazyArray {
    return this.#reduce('sum', options);
  }
  min(options?: ReductionOptions): LazyArray {
    return this.#reduce('min', options);
  }
  max(options?: ReductionOptions): LazyArray {
    return this.#reduce('max', options);
  }
  mean(options?: ReductionOptions): LazyArray {
    return this.#reduce('mean', options);
  }
  /** Population standard deviation. */
  std(options?: ReductionOptions): LazyArray {
    return this.#reduce('std', options);
  }

  /**
   * Computes a region: `read({ y: [0, 512], x: [0, 512] })`, dimensions not named being whole. Reads only the chunks
   * it needs.
   * @throws RegionError for a region outside the array; ArgumentError for an `out` of another type or length; typed errors of the source for data that cannot be read
   */
  async read(region: RegionLike, options: OutputOptions = {}): Promise<NDArray> {
    const box = this.region(region);
    checkOut(options.out, this.dtype, regionSize(box));
    const data = await computeRegion(this.node, box, options);
    return { data, shape: regionShape(box), dtype: this.dtype, dimensionNames: this.dimensionNames };
  }

  /** Computes the whole array. @throws ArgumentError for an `out` of another type or length */
  compute(options: OutputOptions = {}): Promise<NDArray> {
    return this.read(wholeRegion(this.shape), options);
  }

  /** Computes an array of one element and returns it. @throws ArgumentError when there are more */
  async item(options: ComputeOptions = {}): Promise<Scalar | Complex> {
    if (this.size !== 1) throw new ArgumentError('array', this.shape, 'an array of one element');
    const { data } = await this.compute(options);
    return isComplex(this.dtype) ? { re: Number(data[0]), im: Number(data[1]) } : data[0];
  }

  /**
   * Computes chunk after chunk, several at once, in the order they are done; the consumer's pace bounds the work in
   * flight. Leaving the loop cancels the rest.
   */
  async *blocks(options: ComputeOptions = {}): AsyncGenerator<NDBlock, void, undefined> {
    for await (const { region, data } of blocksOf(this.node, options))
      yield {
        region,
        data,
        shape: regionShape(region),
        dtype: this.dtype,
        dimensionNames: this.dimensionNames,
      };
  }

  /** Computes the whole array and returns it as one held in memory: later calls start from there. */
  async persist(options: ComputeOptions = {}): Promise<LazyArray> {
    const out = sharedMemory() ? allocateShared(this.dtype, this.size) : undefined;
    const { data, shape, dtype, dimensionNames } = await this.compute({ ...options, out });
    return fromSource(memorySource(data, { shape, dtype, dimensionNames, chunks: this.chunks }));
  }

  /** The plan of a computation in words: passes, executor and why, then each step's region, halo, bytes, dispatches. */
  explain(options: ComputeOptions = {}): Promise<string> {
    return explainNode(this.node, options);
  }

  /** A region given by intervals or by names, checked. @throws RegionError */
  region(region: RegionLike): Region {
    if (Array.isArray(region)) return checkRegion(region, this.shape);
    if (region === null || typeof region !== 'object')
      throw new RegionError('region', region, 'intervals per axis or by dimension name');
    const box: Interval[] = [...wholeRegion(this.shape)];
    for (const [name, interval] of Object.entries(region))
      box[this.axis(name, 'region')] = interval as Interval;
    return checkRegion(box, this.shape);
  }

  #reduce(reduction: Reduction, { axis }: ReductionOptions = {}): LazyArray {
    if (this.size === 0) throw new ArgumentError('array', this.shape, 'an array with elements');
    if (axis === undefined) return new LazyArray(reduceAllNode(this.node, reduction));
    const list = Array.isArray(axis) ? axis : [axis];
    const axes = [...new Set(list.map((a) => this.axis(a as string | number, 'axis')))];
    if (axes.length === this.rank) return new LazyArray(reduceAllNode(this.node, reduction));
    return new LazyArray(reduceAxesNode(this.node, reduction, axes));
  }

  #narrow(selectorOf: (axis: number) => Selector | undefined): LazyArray {
    const start: number[] = [];
    const step: number[] = [];
    const length: number[] = [];
    const dropped: number[] = [];
    this.shape.forEach((n, axis) => {
      const selector = selectorOf(axis) ?? ([0, n, 1] as const);
      const argument = `selection.${this.dimensionNames[axis] ?? axis}`;
      if (typeof selector === 'number') {
        if (!Number.isInteger(selector) || selector < -n || selector >= n)
          throw new RegionError(argument, selector, `an integer from ${-n} to ${n - 1}`);
        start.push(selector < 0 ? selector + n : selector);
        step.push(1);
        length.push(1);
        dropped.push(axis);
        return;
      }
      const [first, last, stride = 1] = selector;
      checkInteger(`${argument}[2]`, stride, 1);
      const from = first < 0 ? first + n : first;
      const to = last < 0 ? last + n : last;
      if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to > n || to <= from)
        throw new RegionError(argument, selector, `0 <= start < stop <= ${n}`);
      start.push(from);
      step.push(stride);
      length.push(Math.ceil((to - from) / stride));
    });
    return new LazyArray(sliceNode(this.node, start, step, length, dropped));
  }
}

function apply(fn: Parameters<typeof pointwiseNode>[0], ...operands: readonly Operand[]): LazyArray {
  return new LazyArray(
    pointwiseNode(
      fn,
      operands.map((operand, i) => operandNode(operand, i === 0 ? 'array' : 'other')),
    ),
  );
}

/** The node of an array, or a scalar as it is. @throws ArgumentError for anything else */
export function operandNode(operand: unknown, argument: string): PointwiseOperand {
  if (operand instanceof LazyArray) return operand.node;
  if (typeof operand === 'number' || typeof operand === 'bigint' || typeof operand === 'boolean')
    return operand;
  const { re, im } = (operand ?? {}) as Partial<Complex>;
  if (typeof re === 'number' && typeof im === 'number') return { re, im };
  throw new ArgumentError(
    argument,
    operand,
    'a LazyArray, a number, a complex number { re, im } or a boolean',
  );
}

/**
 * The node of an array argument that may be complex.
 * @throws ArgumentError for anything else and for arrays without elements
 */
export function anyArrayNode(value: unknown, argument: string): GraphNode {
  if (!(value instanceof LazyArray)) throw new ArgumentError(argument, value, 'a LazyArray');
  if (value.size === 0) throw new ArgumentError(argument, value.shape, 'an array with elements');
  return value.node;
}

/** The node of an array argument. @throws ArgumentError for anything else, for complex and for empty arrays */
export function arrayNode(value: unknown, argument: string): GraphNode {
  const node = anyArrayNode(value, argument);
  if (!isComplex(node.dtype)) return node;
  throw new ArgumentError(
    argument,
    node.dtype,
    'an array of real numbers (take real(), imag() or absolute() of it)',
  );
}

function checkOut(out: TypedArray | undefined, dtype: DType, elements: number): void {
  if (out === undefined) return;
  const length = elements * entriesPerElement(dtype);
  const fits = ArrayBuffer.isView(out) && dtypeOf(out) === storedDType(dtype) && out.length === length;
  const received = ArrayBuffer.isView(out) ? `${out.constructor.name} of ${out.length}` : out;
  if (!fits) throw new ArgumentError('out', received, `a typed array of ${length} entries for ${dtype}`);
}

/** A lazy array over any {@link Source}. */
export const fromSource = (source: Source): LazyArray => new LazyArray(sourceNode(source));
