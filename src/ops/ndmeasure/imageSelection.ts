// The median of a whole image: tiles count leading digits of its keys, or hand over those that are left.
import { DTYPES, isFloat, isSigned, itemSize } from '../../core/dtype';
import { createNode, type GraphNode, type Params } from '../../core/graph';
import { defineGlobalOp } from '../../core/op';
import { regionSize, type Shape } from '../../core/region';
import { growChunks } from '../../core/tiling';
import { type OpenPart, openPart } from './labelSelection';

type KeyQuery = { readonly prefix: bigint; readonly shift: number; readonly bits: number };

type ImageSelectionParams = Params & { readonly block: Shape } & { readonly query?: KeyQuery };

/** exec/medians.ts gives tiles their query, and takes what they return. */
export const imageSelection = defineGlobalOp<ImageSelectionParams, OpenPart, null>({
  name: 'imageSelection',
  blockShape: (params) => params.block,
  domain: (_params, [image]) => image.shape,
  demand: (region) => [region],
  gpuRefuses: () => 'medians are selected on the CPU',
  cpu(context, { params: { query }, inputs: [image], output: { region } }) {
    const { kernels } = context;
    const { dtype } = image!;
    const count = regionSize(region);
    const source = context.input(image!, region);
    let keys = source;
    if (isFloat(dtype) || isSigned(dtype)) {
      if (!context.isLastUse(image!)) {
        keys = context.scratch(count * itemSize(dtype));
        context.view(dtype, keys, count).set(context.view(dtype, source, count) as never);
      }
      kernels.orderKeys(keys, DTYPES.indexOf(dtype), count, 0);
    }
    return openPart(context, keys, Uint32Array.of(1), Uint32Array.of(0, count), dtype, () => query!);
  },
  gpu() {
    throw new Error('refused');
  },
  accumulate: () => ({ add() {}, finish: () => null }),
});

/** The node of a pass over `image`, whose tiles are given queries. */
export const imageSelectionNode = (image: GraphNode): GraphNode =>
  createNode(
    imageSelection.name,
    { shape: [], dtype: 'float64', chunks: [], dimensionNames: [] },
    { block: growChunks(image.chunks, image.shape) },
    [image],
  );
