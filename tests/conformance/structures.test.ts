// Structuring elements against SciPy's.
import { expect, test } from 'vitest';
import { generateBinaryStructure, iterateStructure } from '../../src/index';
import { recordConformance } from '../helpers/conformance';
import { type GoldenArray, type GoldenCase, loadGolden } from '../helpers/golden';

const bools = (data: ArrayLike<number | bigint | boolean>) => Array.from(data, Number);

function make({ function: name, args, inputs: [input] }: GoldenCase) {
  if (name === 'generateBinaryStructure')
    return { structure: generateBinaryStructure(args.rank as number, args.connectivity as number) };
  const given = input as GoldenArray & { data: Uint8Array };
  const iterations = args.iterations as number;
  if (args.origin === undefined) return { structure: iterateStructure(given, iterations) };
  const [structure, origin] = iterateStructure(given, iterations, { origin: args.origin as number[] });
  return { structure, origin };
}

test.each(loadGolden('structures').map((c) => [c.name, c] as const))('%s', (_name, c) => {
  const { structure, origin } = make(c);
  expect(structure.shape).toEqual(c.output.shape);
  expect(bools(structure.data)).toEqual(bools(c.output.data));
  expect(origin).toEqual(c.value);
  recordConformance({ function: c.function, dtype: 'bool', executor: 'cpu', error: 0 });
});
