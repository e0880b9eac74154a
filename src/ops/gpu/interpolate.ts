// Spline interpolation on the GPU. The host works out in float64 what decides which elements are read: tables of taps
// where axes are separate, tables of partial sums otherwise.
import { mapCoordinate, resolveIndex, splineMode } from '../../core/boundary';
import { type DType, itemSize, valueRange } from '../../core/dtype';
import { constant } from '../../core/expression';
import type { ArrayMeta } from '../../core/graph';
import type { GpuBufferRef, GpuContext, Step } from '../../core/op';
import { type Region, regionShape, regionSize, type Shape, stridesOf } from '../../core/region';
import { padTo4 } from '../../core/structure';
import { coordinatesRegion } from '../ndinterp/coordinates';
import {
  type AxesTransform,
  axisPositions,
  blockRegion,
  firstTap,
  gatherMode,
  type InterpolateParams,
  isConstant,
  type MatrixTransform,
  storedValue,
} from '../ndinterp/geometry';
import { coordinateHeader, coordinatesRefuse } from './coordinates';
import { pointwiseGpu } from './pointwise';
import { elementHeader, isGpuType, scalarBits, wordCount } from './wgsl';

/** Coordinates are split into 32-bit integers and rests. */
const LARGEST_COORDINATE = 2 ** 30;

/** Why the GPU cannot interpolate this node within the precision contract. */
export function interpolateRefuses(
  { transform, order, mode, cval }: InterpolateParams,
  [image, coordinates]: readonly ArrayMeta[],
  { dtype, shape }: ArrayMeta,
): string | undefined {
  if (coordinates) {
    const refusal = coordinatesRefuse(coordinates);
    if (refusal) return refusal;
  }
  if (!isGpuType(dtype) || image.dtype !== dtype) return `${image.dtype} needs 64-bit arithmetic`;
  if (transform.kind === 'matrix' && furthestCoordinate(transform, shape) >= LARGEST_COORDINATE)
    return 'coordinates exceed 30 bits';
  if (order === 0) return undefined;
  if (dtype === 'float32') {
    const mixed = transform.kind === 'matrix' ? transform.axes.length : coordinates ? image.shape.length : 0;
    // All taps are written out.
    return mixed > 3 ? 'splines along four axes that mix take compilers minutes' : undefined;
  }
  if (dtype === 'bool') return 'bool is truncated, and decided by the last bits of float64';
  if (itemSize(dtype) > 2 || order > 1) return `${dtype} at order ${order} needs 64-bit arithmetic`;
  const [low, high] = valueRange(dtype);
  const fits = Number.isInteger(cval) && cval >= low && cval <= high;
  return mode === 'grid-constant' && !fits ? `cval does not fit ${dtype}` : undefined;
}

/** No coordinate of an array of this shape lies further out. */
function furthestCoordinate({ axes, matrix, offset }: MatrixTransform, shape: Shape): number {
  const reach = offset.map((o, row) =>
    axes.reduce((sum, axis, i) => sum + shape[axis] * Math.abs(matrix[row * axes.length + i]), Math.abs(o)),
  );
  return Math.max(...reach);
}

export function interpolateGpu(context: GpuContext, step: Step<InterpolateParams>): void {
  const { params, inputs, output } = step;
  const { dtype } = output;
  const [image] = inputs;
  const cval = storedValue(params.cval, dtype);
  if (!image) {
    const count = regionSize(output.region);
    const expression = constant(cval, dtype);
    pointwiseGpu(context, { expression, count, inputs: [], output: context.output(output) });
    return;
  }
  const region = blockRegion(step);
  const { shader, rank, header, uniforms, tables } = shaderData(context, step, region);
  context.dispatch({
    shader,
    header: `${interpolationHeader(dtype, params, rank)}\n${header}`,
    uniforms: [...uniforms, scalarBits(dtype, cval)],
    bindings: [context.input(image, region), ...tables, context.output(output)],
    invocations: wordCount(dtype, regionSize(output.region)),
  });
}

interface ShaderData {
  readonly shader: string;
  /** Interpolated axes. */
  readonly rank: number;
  readonly header: string;
  readonly uniforms: readonly number[];
  readonly tables: readonly GpuBufferRef[];
}

/** What differs between separate axes, combined ones, and given coordinates. */
function shaderData(context: GpuContext, step: Step<InterpolateParams>, region: Region): ShaderData {
  const { params, inputs, output } = step;
  const { transform, order, mode, pad } = params;
  const image = inputs[0]!;
  const orderAndMode = `const ORDER = ${order}u;\nconst MODE = ${gatherMode(mode)}u;`;
  const shape = padTo4(regionShape(output.region), 1);
  if (transform.kind === 'axes') {
    const { starts, offsets, rests } = axesTables(transform, params, image.shape, region, output.region);
    const fixed = isFixed(output.dtype, order);
    const beyond = fixed ? Uint32Array.from(rests, (rest) => rest * 2 ** 32) : Float32Array.from(rests);
    const tables = [context.constant(offsets), context.constant(beyond)];
    return {
      shader: 'interpolateAxes',
      rank: image.shape.length,
      header: orderAndMode,
      uniforms: [...shape, ...starts],
      tables,
    };
  }
  if (transform.kind === 'matrix') {
    const { sums, sizes, strides } = matrixTables(transform, pad, output.region);
    return {
      shader: 'interpolateMatrix',
      rank: transform.axes.length,
      header: `${orderAndMode}\nconst PADDED = ${pad > 0};`,
      uniforms: [...shape, ...matrixGeometry(transform, image.shape, region, strides), ...sizes],
      tables: [context.constant(sums)],
    };
  }
  const coordinates = inputs[1]!;
  const extents = regionShape(region);
  return {
    shader: 'interpolateGiven',
    rank: image.shape.length,
    header: coordinateHeader(params),
    uniforms: [
      ...padTo4(image.shape, 1),
      ...padTo4(
        region.map(([start]) => start),
        0,
      ),
      ...padTo4(extents, 1),
      ...padTo4(stridesOf(extents), 0),
      regionSize(output.region),
    ],
    tables: [context.input(coordinates, coordinatesRegion(output.region, coordinates))],
  };
}

/** Linear interpolation of integers is in fixed point. */
const isFixed = (dtype: DType, order: number): boolean => dtype !== 'float32' && order === 1;

/** WGSL that specialises all of the shaders; interpolated axes are aligned right among four. */
function interpolationHeader(dtype: DType, { order }: InterpolateParams, rank: number): string {
  const [low, high] = valueRange(dtype);
  const nearest = 'select(ceil(value - 0.5), floor(value + 0.5), value > 0.0)';
  const stored = dtype === 'float32' ? 'value' : `T(clamp(${nearest}, ${low}f, ${high}f))`;
  const taps = padTo4(new Array<number>(rank).fill(order + 1), 1);
  return [
    elementHeader(dtype),
    `fn rounded(value: f32) -> T { return ${stored}; }`,
    isFixed(dtype, order) ? fixedHeader(low) : NOT_FIXED,
    `const RANK = ${rank}u;`,
    `const TAPS = vec4u(${taps.join(', ')});`,
  ].join('\n');
}

const NOT_FIXED = `const FIXED = false;
fn widened(value: T) -> u32 { return 0u; }
fn narrowed(value: u32) -> T { return T(value); }`;

/** Values from `low` on as multiples of 2^-16, and back: halves are rounded away from zero. */
function fixedHeader(low: number): string {
  const narrowed =
    low === 0
      ? 'return (value + 0x8000u) >> 16u;'
      : `let zero = ${-low}u << 16u;
  if (value >= zero) { return i32((value - zero + 0x8000u) >> 16u); }
  return -i32((zero - value + 0x8000u) >> 16u);`;
  return `const FIXED = true;
fn widened(value: T) -> u32 { return u32(i32(value) - (${low})) << 16u; }
fn narrowed(value: u32) -> T {
  ${narrowed}
}`;
}

/** Taps and rests of every position of each axis. */
function axesTables(
  transform: AxesTransform,
  { order, mode, pad }: InterpolateParams,
  shape: Shape,
  region: Region,
  output: Region,
) {
  const strides = stridesOf(regionShape(region));
  const starts: number[] = [];
  const offsets: number[] = [];
  const rests: number[] = [];
  shape.forEach((length, axis) => {
    starts.push(rests.length);
    for (const position of axisPositions(transform, pad, axis, output[axis])) {
      const c = mapCoordinate(position, length, mode);
      const first = firstTap(c, order);
      rests.push(c - (first + (order >> 1)));
      for (let tap = 0; tap <= order; tap++) {
        const at = resolveIndex(first + tap, length, splineMode(mode));
        offsets.push(at < 0 ? -1 : (at - region[axis][0]) * strides[axis]);
      }
      if (isConstant(c, mode)) offsets[offsets.length - order - 1] = -2;
    }
  });
  return {
    starts: [...padTo4(starts, 0)],
    offsets: Int32Array.from(offsets),
    rests,
  };
}

/**
 * The terms of every coordinate, in float64 and SciPy's order: for each interpolated axis the sums over all output axes
 * but the last interpolated one, then its terms, then offsets and padding.
 */
function matrixTables({ axes, matrix, offset }: MatrixTransform, pad: number, output: Region) {
  const rank = axes.length;
  const before = axes.slice(0, -1);
  const last = axes[rank - 1];
  const counts = before.map((axis) => output[axis][1] - output[axis][0]);
  const strides = stridesOf(counts);
  const prefixes = counts.reduce((a, b) => a * b, 1);
  const steps = output[last][1] - output[last][0];
  const sums = new Float64Array(rank * (prefixes + steps + 1) + 1);
  for (let row = 0; row < rank; row++) {
    for (let i = 0; i < prefixes; i++) {
      let sum = 0;
      before.forEach((axis, column) => {
        const index = output[axis][0] + (Math.floor(i / strides[column]) % counts[column]);
        sum += index * matrix[row * rank + column];
      });
      sums[row * prefixes + i] = sum;
    }
    for (let i = 0; i < steps; i++)
      sums[rank * prefixes + row * steps + i] = (output[last][0] + i) * matrix[row * rank + rank - 1];
  }
  sums.set([...offset, pad], rank * (prefixes + steps));
  const lead = 4 - output.length;
  const byAxis = output.map((_, axis) => strides[before.indexOf(axis)] ?? 0);
  return {
    // The executor uploads what the bytes are: pairs of words, low ones first.
    sums: new Uint32Array(sums.buffer),
    sizes: [lead + last, prefixes, steps],
    strides: padTo4(byAxis, 0),
  };
}

/** The six vectors of the matrix shader's uniforms that follow the shape. */
function matrixGeometry(
  { axes }: MatrixTransform,
  shape: Shape,
  region: Region,
  prefixStrides: Int32Array,
): number[] {
  const strides = stridesOf(regionShape(region));
  const batch = shape.map((_, axis) => (axes.includes(axis) ? 0 : strides[axis]));
  return [
    ...padTo4(batch, 0),
    ...prefixStrides,
    ...padTo4(
      axes.map((axis) => shape[axis]),
      1,
    ),
    ...padTo4(
      axes.map((axis) => region[axis][0]),
      0,
    ),
    ...padTo4(
      axes.map((axis) => strides[axis]),
      0,
    ),
  ];
}
