// Pages of a file without a description of them: which are planes, and which are reduced copies of those.
import { readLayout, type TiffLayout } from './layout';
import type { TiffFile } from './tiffFile';

/** Directories of each level's planes, and the layout of the first of each. */
export interface PlainPages {
  readonly offsets: readonly (readonly number[])[];
  readonly levels: readonly TiffLayout[];
}

const REDUCED = 1;
const MASK = 4;

interface Page {
  readonly layout: TiffLayout;
  readonly kind: number;
}

/**
 * The planes of a file are its pages but for reduced copies and masks. Copies come as pages of their own that say so
 * (Cloud-Optimized GeoTIFF), as pages in tiles with the first one's proportions (slide scanners), or inside the pages'
 * own directories. Throws an Error for a file without pages.
 */
export async function findLevels(tiff: TiffFile, signal?: AbortSignal): Promise<PlainPages> {
  const offsets = await tiff.pageOffsets(signal);
  if (offsets.length === 0) throw new Error('it has no pages');
  const pages: Page[] = [];
  for (const offset of offsets) {
    const directory = await tiff.directoryAt(offset, signal);
    const kind = Number(directory.getValue('NewSubfileType') ?? 0);
    if (!(kind & MASK)) pages.push({ kind, layout: await readLayout(tiff, offset, signal) });
  }
  const [first] = pages;
  const planes = pages.filter(({ kind }) => !(kind & REDUCED));
  // Slides have overviews and labels besides, which are no planes; elsewhere a page of another size is a mistake.
  const slide = planes.some((page) => isSmallerCopy(page, first));
  const full = slide ? planes.filter((page) => sizeOf(page) === sizeOf(first)) : planes;
  const groups = new Map<string, TiffLayout[]>();
  for (const page of pages) {
    if (full.includes(page)) continue;
    if (page.kind & REDUCED ? !showsSame(page, first) : !isSmallerCopy(page, first)) continue;
    const size = sizeOf(page);
    groups.set(size, [...(groups.get(size) ?? []), page.layout]);
  }
  const reduced = [...groups.values(), ...(await ownCopies(full, signal))]
    .filter((group) => group.length === full.length && group[0].dtype === first.layout.dtype)
    .sort(([a], [b]) => b.width * b.height - a.width * a.height);
  const levels = [full.map(({ layout }) => layout), ...reduced];
  return {
    offsets: levels.map((level) => level.map(({ offset }) => offset)),
    levels: levels.map(([l]) => l),
  };
}

const sizeOf = ({ layout: { width, height } }: Page): string => `${height} ${width}`;

/** Smaller pages in tiles that show the same as the first one. */
const isSmallerCopy = (page: Page, first: Page): boolean => !page.layout.strips && showsSame(page, first);

/** Smaller, of the same proportions: sizes are rounded. */
function showsSame({ layout }: Page, { layout: first }: Page): boolean {
  const ratio = first.width / layout.width;
  const fits = Math.abs(layout.height * ratio - first.height) <= ratio;
  return layout.width < first.width && layout.height < first.height && fits;
}

/** Levels inside the pages' directories, of which all pages have the same number. */
async function ownCopies(full: readonly Page[], signal?: AbortSignal): Promise<TiffLayout[][]> {
  const copies = await Promise.all(
    full.map(async ({ layout: { tiff, offset } }) => {
      const value = await (await tiff.directoryAt(offset, signal)).loadValue('SubIFDs');
      const offsets =
        value === undefined ? [] : Array.from(typeof value === 'object' ? value : [value], Number);
      return Promise.all(offsets.map((at) => readLayout(tiff, at, signal)));
    }),
  );
  return copies[0].map((_, level) =>
    copies.map((own) => own[level]).filter((layout) => layout !== undefined),
  );
}
