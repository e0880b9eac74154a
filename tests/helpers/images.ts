// Image files of the golden data, and how imread's results are held against what Pillow, NumPy and tifffile read.
import { expect } from 'vitest';
import type { DType } from '../../src/index';
import { type GoldenArray, loadGolden } from './golden';

export interface ImageCase {
  /** Format and what is special about the file. */
  readonly name: string;
  readonly fileName: string;
  readonly format: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly output: GoldenArray;
  /** Largest difference between decoders; 0 where there is none. */
  readonly lossy: number;
  /** What imread says of the axes, where it is told by the file. */
  readonly about?: {
    readonly axes: (string | null)[];
    readonly scale?: number[];
    readonly units?: (string | null)[];
    readonly channels?: string[];
  };
}

export const imageCases = (): ImageCase[] =>
  loadGolden('images').map(({ name, args, output, value }) => ({
    name,
    output,
    fileName: String(args.name),
    format: String(args.format),
    bytes: Uint8Array.from(Buffer.from(String(args.file), 'base64')),
    lossy: Number(args.lossy ?? 0),
    about: value as ImageCase['about'],
  }));

/** What a result of imread holds. */
export interface ReadImage {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number | bigint>;
}

/** Holds a result against a case; the error seen. */
export function expectImage({ output, lossy, about }: ImageCase, { dtype, shape, data }: ReadImage): number {
  expect(dtype).toBe(output.dtype);
  expect(shape).toEqual(about ? output.shape : [1, ...output.shape]);
  expect(data.length).toBe(output.data.length);
  if (lossy === 0) {
    // NaN equals itself here, and bigints compare as they are.
    const wrong = output.data.findIndex(
      (v: number | bigint, i: number) => !Object.is(v, data[i]) && v !== data[i],
    );
    expect(wrong, `first wrong element: ${output.data[wrong]} became ${data[wrong]}`).toBe(-1);
    return 0;
  }
  const off = (output.data as Uint8Array).reduce(
    (most, v, i) => Math.max(most, Math.abs(v - Number(data[i]))),
    0,
  );
  expect(off).toBeLessThanOrEqual(lossy);
  return off;
}

/** A case of openTiff. */
export interface TiffCase {
  readonly name: string;
  /** Name and content of files of one folder; the first is opened. */
  readonly files: readonly (readonly [name: string, bytes: Uint8Array<ArrayBuffer>])[];
  readonly image?: number;
  /** The resolutions. */
  readonly levels: readonly GoldenArray[];
  readonly about: {
    readonly axes: string[];
    readonly types: (string | null)[];
    readonly units: (string | null)[];
    readonly scales: number[][];
    readonly translations: number[][];
    readonly channels: [label: string, color: string][];
    readonly imageCount: number;
    readonly name: string | null;
  };
}

export const tiffCases = (): TiffCase[] =>
  loadGolden('tiff').map(({ name, args, value }) => ({
    name,
    files: (args.files as [string, string][]).map(([file, text]) => [
      file,
      Uint8Array.from(Buffer.from(text, 'base64')),
    ]),
    image: args.image as number | undefined,
    levels: args.levels as GoldenArray[],
    about: value as TiffCase['about'],
  }));

/** What a promise is rejected with. */
export const failure = (work: Promise<unknown>): Promise<Error | undefined> =>
  work.then(
    () => undefined,
    (error) => error,
  );
