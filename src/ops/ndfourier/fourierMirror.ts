// Completes spectra along the one axis along which real lines were transformed.
import { itemSize, partDType } from '../../core/dtype';
import { createNode, type GraphNode, type Params, pickMeta } from '../../core/graph';
import { defineBlockOp, type Operand } from '../../core/op';
import { elementCount, type Interval, type Region, regionShape } from '../../core/region';
import { fourierMirrorGpu } from '../gpu/fourierMirror';

type MirrorParams = Params & {
  readonly axis: number;
  /** Frequencies of the whole spectrum. */
  readonly length: number;
};

export const fourierMirror = defineBlockOp<MirrorParams>({
  name: 'fourierMirror',
  demand: (region, params) => [halfRegion(region, params)],
  slices: () => true,
  gpuRefuses: (_params, _inputs, { dtype }) =>
    dtype === 'complex128' ? 'WebGPU has no complex128' : undefined,
  cpu(context, { params, inputs: [input], output }) {
    const region = halfRegion(output.region, params);
    const pointer = context.input(input!, region);
    if (output.region[params.axis][1] <= firstMirrored(params)) return context.alias(output, pointer);
    const rows = mirrorShape(region, output, params);
    context.kernels.fourierMirror(
      itemSize(partDType(output.dtype)),
      pointer,
      context.output(output),
      rows.outer,
      rows.inner,
      rows.inputFirst,
      rows.inputRows,
      rows.outputFirst,
      rows.outputRows,
      params.length,
    );
  },
  gpu(context, { params, inputs: [input], output }) {
    const region = halfRegion(output.region, params);
    fourierMirrorGpu(context, {
      ...mirrorShape(region, output, params),
      length: params.length,
      input: context.input(input!, region),
      output: context.output(output),
    });
  },
});

/** The first frequency that the half spectrum does not have. */
const firstMirrored = ({ length }: MirrorParams): number => (length >> 1) + 1;

/** What a region of the whole spectrum needs of the half. */
function halfRegion(region: Region, params: MirrorParams): Region {
  const { axis, length } = params;
  const first = firstMirrored(params);
  return region.map((interval, i): Interval => {
    if (i !== axis) return interval;
    const [start, stop] = interval;
    if (stop <= first) return interval;
    const mirrored: Interval = [length - stop + 1, length - Math.max(start, first) + 1];
    return start >= first ? mirrored : [Math.min(start, mirrored[0]), first];
  });
}

/** Both blocks seen as [outer, rows, inner]. */
function mirrorShape(region: Region, output: Operand, { axis }: MirrorParams) {
  const shape = regionShape(output.region);
  return {
    outer: elementCount(shape.slice(0, axis)),
    inner: elementCount(shape.slice(axis + 1)),
    inputFirst: region[axis][0],
    inputRows: region[axis][1] - region[axis][0],
    outputFirst: output.region[axis][0],
    outputRows: shape[axis],
  };
}

/** All `length` frequencies along `axis`, of a spectrum along that axis alone that has the first half of them. */
export function fourierMirrorNode(half: GraphNode, axis: number, length: number): GraphNode {
  const meta = pickMeta(half);
  const whole = (sizes: readonly number[]) => sizes.map((n, i) => (i === axis ? length : n));
  return createNode(
    fourierMirror.name,
    { ...meta, shape: whole(meta.shape), chunks: whole(meta.chunks) },
    { axis, length },
    [half],
  );
}
