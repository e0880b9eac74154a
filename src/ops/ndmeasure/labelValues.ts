// Label images of any integer dtype as uint32.
import { type DType, isComplex, isFloat, isSigned, itemSize } from '../../core/dtype';
import { ArgumentError } from '../../core/errors';
import type { GraphNode } from '../../core/graph';
import { castNode, pointwiseNode, whereNode } from '../elementwise';
import { reinterpretNode } from '../views';

/** Throws unless labels can be of the dtype; `bool` counts where a mask will do. */
export function checkLabelDType(dtype: DType, maskWillDo: boolean): void {
  if (isFloat(dtype) || isComplex(dtype) || (dtype === 'bool' && !maskWillDo))
    throw new ArgumentError(
      'labelImage',
      dtype,
      maskWillDo ? 'an array of an integer dtype, or bool' : 'an array of an integer dtype',
    );
}

/** Throws unless the array is one that labels are in. */
export function checkLabelImage(labels: GraphNode, maskWillDo = false): void {
  checkLabelDType(labels.dtype, maskWillDo);
  if (labels.shape.length === 0)
    throw new ArgumentError('labelImage', labels.shape, 'an array of at least one axis');
}

/** Stands for labels out of range. */
export const INVALID = 2 ** 32 - 1;

/** Labels as uint32; those that are none (negative, or too large) are larger than `largest`. */
export function asUint32(labels: GraphNode): { original: GraphNode; largest: number } {
  // Int32 labels are the same bits: nothing is copied.
  if (labels.dtype === 'int32') return { original: reinterpretNode(labels, 'uint32'), largest: 2 ** 31 - 1 };
  if (itemSize(labels.dtype) < 8)
    return { original: castNode(labels, 'uint32'), largest: isSigned(labels.dtype) ? 2 ** 31 - 1 : INVALID };
  const outside = pointwiseNode('or', [
    pointwiseNode('lt', [labels, 0]),
    pointwiseNode('ge', [labels, INVALID]),
  ]);
  const original = castNode(whereNode(outside, INVALID, labels), 'uint32');
  return { original, largest: INVALID - 1 };
}

/** Throws when some of the labels found are none. */
export function checkLabels(labels: Uint32Array, largest: number): void {
  if (largest === INVALID) return;
  for (const label of labels)
    if (label > largest)
      // What is negative as int32; of 64-bit types, anything out of range.
      throw new ArgumentError('labelImage', label - 2 ** 32, `labels from 0 to ${largest}`);
}
