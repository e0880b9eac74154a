// Rows of objects as they are kept between the tiles and the table: exact, and in few bytes.
import { describe, expect, test } from 'vitest';
import { LabelTable } from '../../src/ops/ndmeasure/labelTable';
import { MergedRows } from '../../src/ops/ndmeasure/mergedRows';
import { PackedRows } from '../../src/ops/ndmeasure/packedRows';

/** Rows of which each column is a list's. */
function rowsOf(columns: readonly (readonly number[])[]): Float64Array {
  const length = columns[0].length;
  return Float64Array.from(
    { length: length * columns.length },
    (_, i) => columns[i % columns.length][Math.floor(i / columns.length)],
  );
}

function unpack(packed: PackedRows): Float64Array {
  const rows = new Float64Array(packed.length * packed.width);
  for (let k = 0; k < packed.length; k++) packed.read(k, rows.subarray(k * packed.width));
  return rows;
}

describe('packed rows', () => {
  const columns: readonly (readonly [string, readonly number[], number])[] = [
    ['one number', [7.25, 7.25, 7.25], 0],
    ['not a number', [Number.NaN, Number.NaN, Number.NaN], 0],
    ['bytes from a base', [100_000, 100_255, 100_001], 1],
    ['two bytes', [-3, 0, 65_532], 2],
    ['four bytes', [2 ** 52, 2 ** 52 + 2 ** 32 - 1, 2 ** 52 + 5], 4],
    ['a range too wide', [0, 2 ** 32, 1], 4],
    ['integers too wide for floats', [0, 2 ** 32 + 1, 1], 8],
    ['beyond safe integers', [2 ** 53, 2 ** 53 + 2, 2 ** 53 + 4], 8],
    ['negative zero', [-0, 0, 1], 4],
    ['float32', [0.5, Number.POSITIVE_INFINITY, Number.NaN], 4],
    ['float64', [0.1, -1e300, Number.MIN_VALUE], 8],
  ];

  test('are read bit for bit', () => {
    const rows = rowsOf(columns.map(([, values]) => values));
    const read = unpack(new PackedRows(rows, columns.length));
    for (let i = 0; i < rows.length; i++) expect(read[i]).toBe(rows[i]);
  });

  test.each(columns)('%s', (_name, values, bytes) => {
    const packed = new PackedRows(rowsOf([values]), 1);
    expect(packed.byteLength).toBe(bytes * values.length);
    expect([...unpack(packed)]).toEqual([...values]);
  });

  test('no rows', () => {
    expect(new PackedRows(new Float64Array(0), 17).length).toBe(0);
  });
});

describe('merged rows', () => {
  const format = {
    width: 2,
    // Not commutative: the order of the parts shows.
    merge(table: Float64Array, to: number, rows: Float64Array, from: number) {
      table[to] = 3 * table[to] + rows[from];
      table[to + 1] += rows[from + 1];
    },
  };
  const tiles: readonly (readonly [readonly number[], Float64Array])[] = [
    [[1, 4], Float64Array.of(10, 0.1, 11, 0.2)],
    [[], new Float64Array(0)],
    [[4, 2], Float64Array.of(20, 0.3, 21, 0.4)],
    [[7, 4, 1], Float64Array.of(30, 0.5, 31, 0.6, 32, 0.7)],
  ];

  test('are those of a table', () => {
    const expected = new LabelTable(format, 7);
    const merged = new MergedRows(format, 7);
    for (const [names, rows] of tiles) {
      names.forEach((label, k) => {
        expected.merge(label, rows, 2 * k);
      });
      merged.add(new PackedRows(rows, 2), names);
    }
    expect(merged.size).toBe(expected.size);
    expect(merged.labels).toEqual(expected.labels);
    for (let label = 0; label <= 9; label++) {
      const [a, b] = [new Float64Array(2), new Float64Array(2)];
      expect(merged.has(label)).toBe(expected.has(label));
      expect(merged.read(label, a)).toBe(expected.read(label, b));
      expect(a).toEqual(b);
    }
  });
});
