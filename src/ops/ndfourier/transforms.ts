// n-dimensional discrete Fourier transforms, as numpy.fft and scipy.fft have them: lines along one axis after the other.
import { checkInteger } from '../../core/checks';
import { isComplex, partDType, promote } from '../../core/dtype';
import { ArgumentError } from '../../core/errors';
import type { GraphNode } from '../../core/graph';
import { elementCount, type Shape } from '../../core/region';
import { tileSize } from '../../core/tiling';
import { castNode } from '../elementwise';
import { fourierLinesNode, type LineTransform } from './fourierLines';
import { fourierMirrorNode } from './fourierMirror';

/** Where a transform and its inverse are scaled. */
export type FourierNorm = 'backward' | 'ortho' | 'forward';

const NORMS: readonly FourierNorm[] = ['backward', 'ortho', 'forward'];

export type TransformName = 'fftn' | 'ifftn' | 'rfftn' | 'irfftn';

export interface TransformOptions {
  readonly s?: readonly number[];
  /** Not negative. */
  readonly axes?: readonly number[];
  readonly norm?: FourierNorm;
}

/**
 * A transform of `image`. Axes whose extents fit a tile together are transformed there in one go; between such passes
 * the array is kept whole, by `keep`.
 */
export function transformNode(
  image: GraphNode,
  name: TransformName,
  options: TransformOptions,
  keep: (node: GraphNode) => GraphNode,
): GraphNode {
  const { axes, lengths } = checkAxes(image.shape, name, options);
  const norm = checkNorm(options.norm ?? 'backward');
  if (name === 'rfftn' && isComplex(image.dtype))
    throw new ArgumentError('image', image.dtype, 'an array of real numbers (fftn takes complex ones)');
  const input = transformable(image, name);
  const inverse = name === 'ifftn' || name === 'irfftn';
  const steps = inOrder(axes, name, isComplex(input.dtype)).map((axis, i, { length }): LineTransform => {
    const n = lengths[axes.indexOf(axis)];
    const exponent = norm === 'ortho' ? -0.5 : (norm === 'forward') === inverse ? 0 : -1;
    const toReal = name === 'irfftn' && i === length - 1;
    const fromReal = i === 0 && !isComplex(input.dtype);
    const kind = toReal ? 'toReal' : fromReal ? 'fromReal' : 'complex';
    return { kind, axis, length: n, inverse, scale: n ** exponent };
  });
  const passes = passesOf(steps, input.shape);
  // Half a spectrum is kept after a pass along one axis of a real image: the other half is its mirror image.
  const [first] = steps;
  const mirrored = passes.length > 1 && passes[0].length === 1 && first.kind === 'fromReal';
  return passes.reduce((node, pass, i) => {
    const kept = i === 0 ? node : keep(node);
    const start =
      i === 1 && mirrored && name !== 'rfftn' ? fourierMirrorNode(kept, first.axis, first.length) : kept;
    return pass.reduce((current, step) => {
      const half = step.kind === 'fromReal' && (name === 'rfftn' || mirrored);
      const length = half ? (step.length >> 1) + 1 : step.length;
      const shape = current.shape.map((n, axis) => (axis === step.axis ? length : n));
      const whole = pass.map(({ axis }) => axis);
      return fourierLinesNode(current, step, lineChunks(start.chunks, shape, whole), length);
    }, start);
  }, input);
}

function checkNorm(norm: unknown): FourierNorm {
  if (NORMS.includes(norm as FourierNorm)) return norm as FourierNorm;
  throw new ArgumentError('norm', norm, NORMS.map((n) => `'${n}'`).join(', '));
}

/** The axes to transform and the lengths along them. */
function checkAxes(shape: Shape, name: TransformName, { s, axes }: TransformOptions) {
  if (s !== undefined && !Array.isArray(s))
    throw new ArgumentError('s', s, 'a list of lengths, one per axis');
  const count = s?.length ?? shape.length;
  if (axes && s && axes.length !== s.length)
    throw new ArgumentError('s', s, `${axes.length} lengths, one for each of the axes [${axes}]`);
  if (count > shape.length) throw new ArgumentError('s', s, `at most ${shape.length} lengths, one per axis`);
  const chosen = axes ?? Array.from({ length: count }, (_, i) => shape.length - count + i);
  if (new Set(chosen).size < chosen.length) throw new ArgumentError('axes', chosen, 'each axis once');
  if (chosen.length === 0 && (name === 'rfftn' || name === 'irfftn'))
    throw new ArgumentError('axes', chosen, 'at least one axis');
  const lengths = chosen.map((axis, i) => {
    if (s) return checkInteger(`s[${i}]`, s[i], 1);
    if (name !== 'irfftn' || i < chosen.length - 1) return shape[axis];
    if (shape[axis] > 1) return 2 * (shape[axis] - 1);
    const received = `${shape[axis]} frequency along axis ${axis}`;
    throw new ArgumentError('image', received, 'at least 2, or the length of the result as s');
  });
  return { axes: chosen, lengths };
}

/** The image in a type that lines of it can have. */
function transformable(image: GraphNode, name: TransformName): GraphNode {
  const float = partDType(image.dtype) === 'float32' ? 'float32' : 'float64';
  if (isComplex(image.dtype)) return image;
  // What goes back to real numbers starts from complex ones.
  return castNode(image, name === 'irfftn' ? promote(float, 'complex64') : float);
}

/**
 * Along rows, which are contiguous, last: forward transforms end with the last axis, inverse ones begin with it, so that
 * one after the other, with a filter in between, have a pass in common. Where there is half a spectrum only, its axis is
 * the first of a forward transform and the last of an inverse one; the others are turned round.
 */
function inOrder(axes: readonly number[], name: TransformName, complex: boolean): readonly number[] {
  const half = name === 'rfftn' || name === 'irfftn' ? axes.slice(-1) : [];
  const ascending = axes.filter((axis) => !half.includes(axis)).sort((a, b) => a - b);
  if (name === 'irfftn') return [...ascending, ...half];
  const turned = name === 'rfftn' || (name === 'ifftn' && complex);
  return [...half, ...(turned ? ascending.reverse() : ascending)];
}

/**
 * Steps in groups whose lines make up at most a tile together: as many as can be with the last axis, along which elements
 * are neighbours in memory.
 */
function passesOf(steps: readonly LineTransform[], shape: Shape): LineTransform[][] {
  const last = Math.max(...steps.map(({ axis }) => axis));
  if (steps.length > 1 && steps[0].axis !== last)
    return grouped([...steps].reverse(), shape)
      .map((pass) => pass.reverse())
      .reverse();
  return grouped(steps, shape);
}

function grouped(steps: readonly LineTransform[], shape: Shape): LineTransform[][] {
  const groups: LineTransform[][] = [];
  let elements = Infinity;
  for (const step of steps) {
    const length = Math.max(shape[step.axis], step.length);
    elements *= length;
    if (elements <= tileSize()) groups[groups.length - 1].push(step);
    else {
      groups.push([step]);
      elements = length;
    }
  }
  return groups;
}

/** Chunks with whole lines along some axes: as long along the others as a tile allows, the first ones cut first. */
function lineChunks(chunks: Shape, shape: Shape, whole: readonly number[]): Shape {
  const lines = chunks.map((n, axis) => (whole.includes(axis) ? shape[axis] : n));
  for (let axis = 0; axis < lines.length; axis++)
    while (!whole.includes(axis) && lines[axis] > 1 && elementCount(lines) > tileSize())
      lines[axis] = Math.ceil(lines[axis] / 2);
  return lines;
}
