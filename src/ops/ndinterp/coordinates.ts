// Given coordinates: which part of the image they look at is known only once they are.
import { DTYPES } from '../../core/dtype';
import { type ArrayMeta, createNode, type GraphNode, type Params } from '../../core/graph';
import { type Accumulator, type CpuContext, defineGlobalOp, type Operand } from '../../core/op';
import { boundingRegion, type Region, regionSize, type Shape } from '../../core/region';
import { growChunks } from '../../core/tiling';
import { coordinatesRefuse, surveyGpu } from '../gpu/coordinates';
import { gatherMode, type InterpolateParams, tapsDemand } from './geometry';

export type SurveyParams = Params &
  Pick<InterpolateParams, 'order' | 'mode' | 'pad'> & { readonly image: Shape };

/** First taps, smallest and largest along each axis of the image; no taps where smallest exceeds largest. */
export type TapBounds = Int32Array;

/** The box of the image that interpolation at given coordinates reads; null where all results are the constant. */
export const survey = defineGlobalOp<SurveyParams, Region | null, Region | null>({
  name: 'coordinateSurvey',
  blockShape: (_params, [coordinates]) => growChunks(coordinates.chunks, coordinates.shape).slice(1),
  domain: (_params, [coordinates]) => coordinates.shape.slice(1),
  demand: (region, _params, [coordinates]) => [coordinatesRegion(region, coordinates)],
  gpuRefuses: (_params, [coordinates]) => coordinatesRefuse(coordinates),
  cpu(context, { params, inputs: [coordinates], output }) {
    const { order, mode, pad, image } = params;
    const pointer = coordinatesOf(context, coordinates!, output);
    const lengths = context.constant(Int32Array.from(image));
    const bounds = context.scratch(8 * image.length);
    const count = regionSize(output.region);
    context.kernels.coordinateBounds(
      pointer,
      image.length,
      count,
      lengths,
      order,
      gatherMode(mode),
      pad,
      bounds,
    );
    return boxOf(params, context.view('int32', bounds, 2 * image.length) as Int32Array);
  },
  gpu(context, { params, inputs: [coordinates], output }) {
    const buffer = context.input(coordinates!, coordinatesRegion(output.region, coordinates!));
    const { buffers, decode } = surveyGpu(context, params, buffer, regionSize(output.region));
    return { buffers, decode: (data) => boxOf(params, decode(data)) };
  },
  accumulate: () => new BoxAccumulator(),
});

function boxOf({ order, mode, image }: SurveyParams, bounds: TapBounds): Region | null {
  if (bounds[0] > bounds[1]) return null;
  return image.map((length, axis) =>
    tapsDemand(bounds[2 * axis], bounds[2 * axis + 1] + order, length, mode),
  );
}

class BoxAccumulator implements Accumulator<Region | null, Region | null> {
  #box: Region | null = null;
  add(part: Region | null): void {
    this.#box = part && this.#box ? boundingRegion(this.#box, part) : (part ?? this.#box);
  }
  finish(): Region | null {
    return this.#box;
  }
}

/** The survey of a node that interpolates `image` at `coordinates`. */
export function surveyNode(
  image: GraphNode,
  coordinates: GraphNode,
  { order, mode, pad }: InterpolateParams,
): GraphNode {
  const meta: ArrayMeta = { shape: [], dtype: 'int32', chunks: [], dimensionNames: [] };
  return createNode(survey.name, meta, { order, mode, pad, image: image.shape }, [coordinates]);
}

/** The coordinates of a region of the result. */
export const coordinatesRegion = (region: Region, coordinates: Pick<ArrayMeta, 'shape'>): Region => [
  [0, coordinates.shape[0]],
  ...region,
];

/** The coordinates of an output block, as float64. */
export function coordinatesOf(context: CpuContext, coordinates: Operand, output: Operand): number {
  const region = coordinatesRegion(output.region, coordinates);
  const pointer = context.input(coordinates, region);
  if (coordinates.dtype === 'float64') return pointer;
  const target = context.scratch(8 * regionSize(region));
  const types = [DTYPES.indexOf(coordinates.dtype), DTYPES.indexOf('float64')] as const;
  context.kernels.cast(pointer, types[0], target, types[1], regionSize(region));
  return target;
}
