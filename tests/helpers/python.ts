// Runs scripts/reference.py with Debian's Python, where there is one, and reads what it wrote.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { decodeNpy, encodeNpy, type NdArray } from './npy';
import { DATA_DIRECTORY } from './tiff';

const PYTHON = process.env.TILEWISE_PYTHON ?? '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('../../scripts/reference.py', import.meta.url));
const run = promisify(execFile);

/** The real images the reference knows; hela-cells is one name a channel. */
export const REFERENCE_IMAGES = [
  'hela-cells-0',
  'hela-cells-1',
  'hela-cells-2',
  'dsb2018-nuclei-2d',
  'bbbc007-17P1_POS0013_D_1UL',
  'bbbc007-20P1_POS0005_D_1UL',
  'bbbc007-20P1_POS0007_D_1UL',
  'blobs',
  'nuclei-3d',
  'bpae-nuclei',
] as const;
export type ReferenceImage = (typeof REFERENCE_IMAGES)[number];

/** Columns of the region table, row k for label k + 1. `centerOfMass` is weighted by the image; null is NaN. */
export interface ReferenceTable {
  readonly label: number[];
  readonly area: number[];
  readonly mean: (number | null)[];
  readonly sum: (number | null)[];
  readonly minimum: (number | null)[];
  readonly maximum: (number | null)[];
  readonly centerOfMass: (number | null)[][];
  /** One [start, stop] per axis. */
  readonly bbox: [number, number][][];
}

export interface LabelledReference {
  readonly labels: NdArray;
  readonly count: number;
  readonly table: ReferenceTable;
}

export interface PipelineReference extends LabelledReference {
  readonly name: ReferenceImage;
  readonly sigma: number;
  readonly image: NdArray;
  readonly smoothed: NdArray;
  /** Where an integer `smoothed` may be off by one within the precision contract. */
  readonly ambiguous: NdArray;
  readonly threshold: number;
  /** smoothed > threshold. */
  readonly above: NdArray;
  /** `above` opened with the cross. */
  readonly mask: NdArray;
}

let available: Promise<boolean> | undefined;

/** Whether SciPy, scikit-image and tifffile are there. */
export function hasSciPy(): Promise<boolean> {
  available ??= run(PYTHON, ['-c', 'import scipy.ndimage, skimage.filters, tifffile']).then(
    () => true,
    () => false,
  );
  return available;
}

/** Whether zarr-python 2 is there, which reads Zarr v2. */
export const hasZarrPython = (): Promise<boolean> =>
  run(PYTHON, ['-c', 'import zarr; assert zarr.__version__.startswith("2.")']).then(
    () => true,
    () => false,
  );

/** What a Python script prints, as JSON. */
export async function pythonJson<T>(script: string, ...args: string[]): Promise<T> {
  const { stdout } = await run(PYTHON, ['-c', script, ...args], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as T;
}

/** gaussian → Otsu → opening → label → table of the real images, in SciPy. */
export function runReference(
  names: readonly ReferenceImage[] = REFERENCE_IMAGES,
): Promise<PipelineReference[]> {
  return inTemporaryDirectory(async (directory) => {
    await python('pipeline', directory, DATA_DIRECTORY, ...names);
    return Promise.all(names.map((name) => readResult<PipelineReference>(join(directory, name))));
  });
}

/** What SciPy makes of each of these masks: its labels, their count, and the table of the image by them. */
export function labelTables(
  pairs: readonly { readonly mask: NdArray; readonly image: NdArray }[],
): Promise<LabelledReference[]> {
  return inTemporaryDirectory(async (directory) => {
    const folders = pairs.map((_, i) => join(directory, String(i)));
    await Promise.all(
      pairs.map(async ({ mask, image }, i) => {
        await mkdir(folders[i]);
        await writeFile(join(folders[i], 'mask.npy'), encodeNpy(mask));
        await writeFile(join(folders[i], 'image.npy'), encodeNpy(image));
      }),
    );
    await python('table', directory);
    return Promise.all(folders.map((folder) => readResult<LabelledReference>(folder)));
  });
}

/** {@link labelTables} of one mask. */
export async function labelTable(mask: NdArray, image: NdArray): Promise<LabelledReference> {
  const [result] = await labelTables([{ mask, image }]);
  return result;
}

const python = (...args: string[]): Promise<unknown> => run(PYTHON, [SCRIPT, ...args]);

async function inTemporaryDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'tilewise-reference-'));
  try {
    return await body(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** result.json's fields, and every .npy of the directory under its name. */
async function readResult<T>(directory: string): Promise<T> {
  const result: Record<string, unknown> = JSON.parse(await readFile(join(directory, 'result.json'), 'utf8'));
  for (const file of await readdir(directory))
    if (file.endsWith('.npy')) result[file.slice(0, -4)] = decodeNpy(await readFile(join(directory, file)));
  return result as T;
}
