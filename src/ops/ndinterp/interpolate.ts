// Spline interpolation as one primitive: shift, zoom, affine transforms and given coordinates.
import { DTYPES } from '../../core/dtype';
import { constant } from '../../core/expression';
import { defineBlockOp, type Step } from '../../core/op';
import { type Region, regionShape, regionSize, type Shape, stridesOf } from '../../core/region';
import { padTo4 } from '../../core/structure';
import { interpolateGpu, interpolateRefuses } from '../gpu/interpolate';
import { coordinatesOf, coordinatesRegion, surveyNode } from './coordinates';
import {
  axisPositions,
  blockRegion,
  gatherMode,
  type InterpolateParams,
  interpolateDemand,
  storedValue,
} from './geometry';

/** Inputs: the image (prefiltered where order > 1) and, for given coordinates, an array [rank, ...output shape]. */
export const interpolate = defineBlockOp<InterpolateParams>({
  name: 'interpolate',
  demand(region, params, [image, coordinates], _output, _executor, found) {
    if (!coordinates) return [interpolateDemand(region, params, image.shape)];
    const needed =
      found === undefined ? interpolateDemand(region, params, image.shape) : (found as Region | null);
    return [needed, coordinatesRegion(region, coordinates)];
  },
  survey: ({ params, inputs: [image, coordinates] }) =>
    coordinates && surveyNode(image, coordinates, params as InterpolateParams),
  gpuRefuses: (params, inputs, output) => interpolateRefuses(params, inputs, output),
  cpu(context, step) {
    const { params, inputs, output } = step;
    const image = inputs[0];
    const target = context.output(output);
    if (!image) {
      const fill = constant(storedValue(params.cval, output.dtype), output.dtype);
      context.pointwise(fill, regionSize(output.region), target, []);
      return;
    }
    const region = blockRegion(step);
    const source = context.input(image, region);
    const types = [DTYPES.indexOf(image.dtype), DTYPES.indexOf(output.dtype)] as const;
    const { order, pad, cval, transform } = params;
    const geometry = context.constant(gatherParams(step, image.shape, region));
    if (transform.kind === 'axes') {
      const positions = output.region.map((interval, axis) => axisPositions(transform, pad, axis, interval));
      const all = Float64Array.from(positions.flatMap((p) => [...p]));
      const width = region[region.length - 1][1] - region[region.length - 1][0];
      const { kernels } = context;
      kernels.gatherAxes(
        source,
        types[0],
        target,
        types[1],
        geometry,
        context.constant(all),
        all.length,
        width,
        cval,
        context.scratch(kernels.gatherAxesScratch(order, all.length, width)),
      );
      return;
    }
    const coordinates = inputs[1] ? coordinatesOf(context, inputs[1], output) : 0;
    context.kernels.gather(
      source,
      types[0],
      target,
      types[1],
      geometry,
      context.constant(transformValues(params)),
      coordinates,
      cval,
    );
  },
  gpu: (context, step) => interpolateGpu(context, step),
});

/** The i32 parameters of CpuKernels.gather. */
function gatherParams({ params, output }: Step<InterpolateParams>, shape: Shape, region: Region): Int32Array {
  const { transform, order, mode } = params;
  const strides = stridesOf(regionShape(region));
  const given = transform.kind === 'coordinates';
  const axes = transform.kind === 'matrix' ? transform.axes : shape.map((_, axis) => axis);
  const values = new Int32Array(36);
  values.set([axes.length, order, gatherMode(mode), 0]);
  values.set(given ? [1, 1, 1, regionSize(output.region)] : padTo4(regionShape(output.region), 1), 4);
  values.fill(-1, 16, 20);
  if (!given) {
    const lead = 4 - shape.length;
    values.set(
      padTo4(
        output.region.map(([start]) => start),
        0,
      ),
      8,
    );
    shape.forEach((_, axis) => {
      const slot = axes.indexOf(axis);
      values[16 + lead + axis] = slot;
      if (slot < 0) values[12 + lead + axis] = strides[axis];
    });
  }
  axes.forEach((axis, slot) => {
    values[20 + slot] = shape[axis];
    values[24 + slot] = region[axis][0];
    values[28 + slot] = strides[axis];
    values[32 + slot] = region[axis][1] - region[axis][0];
  });
  return values;
}

/** The f64 parameters of CpuKernels.gather. */
function transformValues({ transform, pad }: InterpolateParams): Float64Array {
  const values = new Float64Array(21);
  values[20] = pad;
  if (transform.kind === 'matrix') {
    const rank = transform.axes.length;
    transform.matrix.forEach((value, i) => {
      values[Math.floor(i / rank) * 4 + (i % rank)] = value;
    });
    values.set(transform.offset, 16);
  }
  return values;
}
