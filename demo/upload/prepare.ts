// From files to what is uploaded: lazily, so that nothing is computed before a preview or an upload asks for it.
import { gaussianFilter, imread, type LazyArray, medianFilter, stack, uniformFilter } from 'tilewise';

/** Pixels of the original. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Preparation {
  readonly crop: Crop;
  readonly denoise: 'none' | 'median' | 'gaussian';
  /** Pixels along each side that become one. */
  readonly shrink: 1 | 2 | 4;
  /** `uint8` spreads the result's values over 0 to 255. */
  readonly type: 'same' | 'uint8';
}

/** The images as one array, (t,) (c,) (z,) y, x: a stack of planes is z, of stacks that have a z is t. */
export async function openImages(files: readonly File[]): Promise<LazyArray> {
  const read = await imread(files);
  const [first] = read.dimensionNames;
  if (first !== null) return planar(read);
  if (read.shape[0] === 1) return planar(read.slice(0));
  const name = read.dimensionNames.includes('z') ? 't' : 'z';
  return planar(read.rename([name, ...read.dimensionNames.slice(1)]));
}

/** Colours of pixels that stand side by side become an axis before the planes. */
function planar(image: LazyArray): LazyArray {
  if (image.dimensionNames.at(-1) === 'x') return image;
  const before = image.shape.slice(0, -1).map(() => null);
  const planes = Array.from({ length: image.shape[image.rank - 1] }, (_, c) => image.slice(...before, c));
  return stack(planes, { axis: image.dimensionNames[0] === 't' ? 1 : 0, dimensionName: 'c' });
}

/** What is uploaded. Reads the whole image when its values are to be spread. */
export async function prepare(
  image: LazyArray,
  { crop, denoise, shrink, type }: Preparation,
  signal?: AbortSignal,
): Promise<LazyArray> {
  const { left, top, width, height } = crop;
  const cut = image.select({ y: [top, top + height], x: [left, left + width] });
  const alongPlane = (value: number, otherwise: number) =>
    cut.shape.map((_, axis) => (axis < cut.rank - 2 ? otherwise : value));
  let result = cut;
  if (denoise === 'median') result = medianFilter(result, { size: alongPlane(3, 1) });
  if (denoise === 'gaussian') result = gaussianFilter(result, alongPlane(1, 0));
  if (shrink > 1) {
    // A window of even size covers the pixels up to the one before its middle.
    const first = Math.floor(shrink / 2);
    const means = uniformFilter(result, { size: alongPlane(shrink, 1) });
    result = means.select({ y: [first, height, shrink], x: [first, width, shrink] });
  }
  if (type === 'uint8' && result.dtype !== 'uint8') {
    const low = Number(await result.min().item({ signal }));
    const high = Number(await result.max().item({ signal }));
    result = result
      .astype('float32')
      .subtract(low)
      .multiply(255 / (high - low || 1))
      .add(0.5)
      .astype('uint8');
  }
  return result;
}

/** Size of a pixel and place of the first one, in pixels of the original. */
export function placement(result: LazyArray, { crop, shrink }: Preparation) {
  const inPlane = (y: number, x: number, otherwise: number) =>
    result.shape.map((_, axis) => [x, y][result.rank - 1 - axis] ?? otherwise);
  return {
    scale: inPlane(shrink, shrink, 1),
    translation: inPlane(crop.top + (shrink - 1) / 2, crop.left + (shrink - 1) / 2, 0),
  };
}
