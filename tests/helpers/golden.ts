// Reads the fixtures that scripts/golden.py writes: inputs, and what SciPy makes of them.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Complex, type DType, type TypedArray, view } from '../../src/core/dtype';

/** An array of a fixture. Also fits where a structuring element is wanted. */
export interface GoldenArray {
  readonly dtype: DType;
  readonly shape: number[];
  readonly data: TypedArray;
}

export type GoldenValue = number | string | boolean | null | Complex | GoldenArray | GoldenValue[];

export interface GoldenCase {
  /** Unique within the file. */
  readonly name: string;
  /** Function to call, named as in Tilewise. */
  readonly function: string;
  /** Its parameters besides the inputs, positional ones included, named as in Tilewise. */
  readonly args: Readonly<Record<string, GoldenValue>>;
  readonly inputs: readonly GoldenArray[];
  /** The array result; absent only for findObjects. */
  readonly output: GoldenArray;
  /** `label`: the count. `findObjects`: by label - 1, null or an interval per axis. */
  readonly value?: unknown;
  /** Integer results of linear filters: the last pass in float64. */
  readonly exact?: GoldenArray;
  /** Integer results of gaussianFilter: where a result off by one is within the precision contract. */
  readonly ambiguous?: GoldenArray;
}

type GoldenFile =
  | 'gaussian'
  | 'uniform'
  | 'morphology'
  | 'label'
  | 'measure'
  | 'histogram'
  | 'reduce'
  | 'arithmetic'
  | 'order'
  | 'linear'
  | 'structures'
  | 'interp'
  | 'complex'
  | 'complexFilters'
  | 'fft'
  | 'fourierFilters'
  | 'functions'
  | 'labelling'
  | 'regions'
  | 'images'
  | 'measurements'
  | 'tiff'
  | 'stores';

interface StoredCase {
  readonly name: string;
  readonly function: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly inputs: readonly number[];
  readonly output?: number;
  readonly exact?: number;
  readonly ambiguous?: number;
  readonly value?: unknown;
}

interface StoredFile {
  readonly arrays: readonly { dtype: DType; shape: number[]; data: string }[];
  readonly cases: readonly StoredCase[];
}

/** The cases of one file; arrays that cases share are shared objects: do not write to them. */
export function loadGolden(name: GoldenFile): GoldenCase[] {
  const zipped = readFileSync(new URL(`../golden/${name}.json.gz`, import.meta.url));
  const file = JSON.parse(gunzipSync(zipped).toString()) as StoredFile;
  const arrays = file.arrays.map(({ dtype, shape, data }): GoldenArray => {
    // Copied out of Buffer's pool, for alignment.
    const { buffer } = Uint8Array.from(Buffer.from(data, 'base64'));
    return { dtype, shape, data: view(dtype, buffer) };
  });
  const resolve = (value: unknown): GoldenValue => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value === 'object' && value !== null) {
      return '$array' in value ? arrays[value.$array as number] : (value as Complex);
    }
    return value as GoldenValue;
  };
  const optional = (key: 'exact' | 'ambiguous', stored: StoredCase) => {
    const at = stored[key];
    return at === undefined ? {} : { [key]: arrays[at] };
  };
  return file.cases.map((stored) => ({
    name: stored.name,
    function: stored.function,
    args: Object.fromEntries(Object.entries(stored.args).map(([key, value]) => [key, resolve(value)])),
    inputs: stored.inputs.map((at) => arrays[at]),
    output: arrays[stored.output ?? -1],
    value: stored.value,
    ...optional('exact', stored),
    ...optional('ambiguous', stored),
  }));
}

/** An array argument of a case, or undefined where the case leaves it out. */
export function arrayArgument(golden: GoldenCase, name: string): GoldenArray | undefined {
  const value = golden.args[name];
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null && 'data' in value) return value;
  throw new TypeError(`argument "${name}" of golden case "${golden.name}" is not an array`);
}
