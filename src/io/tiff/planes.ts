// The planes of one image of a TIFF file, and its reduced copies, whichever way the file keeps them.
import { FormatError } from '../../core/errors';
import type { ByteSource } from '../byteSource';
import { PLANE_AXES, type PlaneAxis, type TiffDescription } from './description';
import { isImageJ, parseImageJ } from './imageJ';
import { readLayout, type TiffLayout } from './layout';
import { isOmeXml, parseOmeXml } from './omeXml';
import { findLevels, type PlainPages } from './pyramid';
import { TiffFile } from './tiffFile';

/** An axis along which planes are stacked; pages of a file that does not say what they are have the axis `page`. */
export interface StackAxis {
  readonly name: PlaneAxis | 'page';
  readonly size: number;
}

/** An image of one or more planes. */
export interface TiffPlanes {
  readonly file: ByteSource;
  /** Axes with more than one plane, in the order t, c, z. */
  readonly axes: readonly StackAxis[];
  /** Layout of each level, which its planes share; the full one first. */
  readonly levels: readonly TiffLayout[];
  /** What the file says of its planes. */
  readonly description?: TiffDescription;
  /** Images in the file. */
  readonly imageCount: number;
  /**
   * The layout of a plane; undefined where the file holds nothing for it. Throws FormatError for a plane that differs
   * from the first one.
   */
  plane(index: readonly number[], level: number, signal?: AbortSignal): Promise<TiffLayout | undefined>;
}

/** Options of {@link openPlanes}. */
export interface OpenPlanesOptions {
  readonly signal?: AbortSignal;
  /** Which of an OME-TIFF's images. Default 0. */
  readonly image?: number;
}

/** Reads what is needed to know an image's shape. Throws the file's errors, and plain ones for what is no good TIFF. */
export async function openPlanes(
  file: ByteSource,
  { signal, image = 0 }: OpenPlanesOptions = {},
): Promise<TiffPlanes> {
  const tiff = await TiffFile.open(file, signal);
  const { descriptions, pages } = await readDescriptions(tiff, signal);
  const imageCount = Math.max(1, descriptions.length);
  if (image >= imageCount)
    throw new FormatError(
      file.name,
      `has ${imageCount} image${imageCount > 1 ? 's' : ''}, and none of number ${image}`,
    );
  const description = descriptions[image];
  return description
    ? describedPlanes(tiff, description, imageCount, signal)
    : plainPlanes(tiff, pages ?? (await findLevels(tiff, signal)));
}

async function readDescriptions(
  tiff: TiffFile,
  signal?: AbortSignal,
): Promise<{ descriptions: TiffDescription[]; pages?: PlainPages }> {
  const directory = await tiff.directoryAt((await tiff.pageOffset(0, signal)) ?? 0, signal);
  const text = String((await directory.loadValue('ImageDescription')) ?? '').replace(/\0+$/, '');
  if (isOmeXml(text)) return { descriptions: await parseOmeXml(text) };
  if (!isImageJ(text)) return { descriptions: [] };
  const ratio = async (tag: 'XResolution' | 'YResolution') => {
    const value: unknown = await directory.loadValue(tag);
    const [pixels, units] = value instanceof Uint32Array ? value : [0, 0];
    return pixels > 0 && units > 0 ? pixels / units : undefined;
  };
  const resolution = { x: await ratio('XResolution'), y: await ratio('YResolution') };
  const found = parseImageJ(text, resolution);
  const pages = await findLevels(tiff, signal);
  // What does not fit the pages (a stack cut apart, a file beyond 4 GB) is no description of them.
  const planes = found ? found.sizes.t * found.sizes.c * found.sizes.z : 0;
  return { descriptions: found && planes === pages.offsets[0].length ? [found] : [], pages };
}

async function describedPlanes(
  tiff: TiffFile,
  description: TiffDescription,
  imageCount: number,
  signal?: AbortSignal,
): Promise<TiffPlanes> {
  const { file } = tiff;
  const { sizes } = description;
  const files = new Map<string, Promise<TiffFile>>();
  const open = (name: string | undefined): Promise<TiffFile> => {
    if (name === undefined) return Promise.resolve(tiff);
    const known = files.get(name);
    if (known) return known;
    const other = file.sibling?.(name);
    if (!other)
      throw new FormatError(file.name, `has planes in another file, ${name}: open it by URL or path`);
    const opening = TiffFile.open(other);
    files.set(name, opening);
    opening.catch(() => files.delete(name));
    return opening;
  };
  const locate = async (at: Readonly<Record<PlaneAxis, number>>, level: number, wanted?: AbortSignal) => {
    const location = description.plane(at);
    if (!location) return undefined;
    const owner = await open(location.file);
    const offset = await owner.pageOffset(location.page, wanted);
    if (offset === undefined) throw new FormatError(owner.file.name, `has no page ${location.page}`);
    const reduced = level === 0 ? offset : (await subDirectories(owner, offset, wanted))[level - 1];
    return reduced === undefined ? undefined : readLayout(owner, reduced, wanted);
  };
  const axes = PLANE_AXES.map((name) => ({ name, size: sizes[name] })).filter(({ size }) => size > 1);
  const place = (index: readonly number[]) => {
    const at = { t: 0, c: 0, z: 0 };
    axes.forEach(({ name }, i) => {
      at[name] = index[i];
    });
    return at;
  };
  const stored = firstStored(description);
  const first = stored && (await locate(stored, 0, signal));
  if (!first) throw new FormatError(file.name, 'has no planes');
  const reduced = (await subDirectories(first.tiff, first.offset, signal)).map((offset) =>
    readLayout(first.tiff, offset, signal),
  );
  const levels = [first, ...(await Promise.all(reduced))];
  return {
    file,
    axes,
    levels,
    description,
    imageCount,
    plane: async (index, level, wanted) => alike(await locate(place(index), level, wanted), levels[level]),
  };
}

function firstStored({ sizes, plane }: TiffDescription): Record<PlaneAxis, number> | undefined {
  for (let t = 0; t < sizes.t; t++)
    for (let c = 0; c < sizes.c; c++)
      for (let z = 0; z < sizes.z; z++) if (plane({ t, c, z })) return { t, c, z };
  return undefined;
}

/** Directories of a page's reduced copies, where a page keeps them itself. */
async function subDirectories(tiff: TiffFile, offset: number, signal?: AbortSignal): Promise<number[]> {
  const value = await (await tiff.directoryAt(offset, signal)).loadValue('SubIFDs');
  return value === undefined ? [] : Array.from(typeof value === 'object' ? value : [value], Number);
}

async function plainPlanes(tiff: TiffFile, { offsets, levels }: PlainPages): Promise<TiffPlanes> {
  const count = offsets[0].length;
  return {
    file: tiff.file,
    axes: count > 1 ? [{ name: 'page', size: count }] : [],
    levels,
    imageCount: 1,
    plane: async ([page = 0], level, signal) =>
      alike(await readLayout(tiff, offsets[level][page], signal), levels[level]),
  };
}

function alike(layout: TiffLayout | undefined, like: TiffLayout): TiffLayout | undefined {
  const shape = ({ dtype, height, width, samples }: TiffLayout) =>
    `${dtype} of shape [${[height, width, ...(samples > 1 ? [samples] : [])]}]`;
  if (!layout || shape(layout) === shape(like)) return layout;
  throw new FormatError(
    layout.tiff.file.name,
    `has a page that is ${shape(layout)}, where the first one is ${shape(like)}`,
  );
}
