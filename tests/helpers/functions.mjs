// Functions of the golden cases, for the calling thread and for the workers to import: see tests/conformance/functions.test.ts.

// Of windows.
export const largest = (values) => values.reduce((a, b) => Math.max(a, b));
export const average = (values) => values.reduce((a, b) => a + b) / values.length;
export const spread = (values) => largest(values) - values.reduce((a, b) => Math.min(a, b));
export const ends = (values) => values[0] - 0.5 * values[values.length - 1];
export const gain = (values, factor, offset) => factor * values[values.length >> 1] + offset;

export function deviation(values) {
  const mean = average(values);
  return Math.sqrt(average(values.map((v) => (v - mean) ** 2)));
}

// Of blocks.
const typedArray = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint16: Uint16Array };

export const affine = ({ data, dtype }) => data.map((v) => (dtype === 'bool' ? 1 - v : 3 * v + 1));
export const sum = ([a, b]) => a.data.map((v, i) => v + b.data[i % b.data.length]);

export function places(_block, { region: [rows, columns], shape: [height, width] }) {
  return Int32Array.from({ length: height * width }, (_, i) => {
    return 1000 * (rows[0] + Math.floor(i / width)) + columns[0] + (i % width);
  });
}

export function blend([image, row, column], { shape: [, width] }) {
  return image.data.map((v, i) => v + 2 * row.data[i % width] + 3 * column.data[Math.floor(i / width)]);
}

export function sums({ data }, { shape: [width], dtype }) {
  const out = new typedArray[dtype](width);
  data.forEach((v, i) => {
    out[i % width] += v;
  });
  return out;
}

export const twice = ({ data }) =>
  Float32Array.from({ length: 2 * data.length }, (_, i) =>
    i < data.length ? data[i] : 2 * data[i - data.length],
  );

export function binned({ data, shape: [, width] }, { shape: [rows, columns] }) {
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    const at = 2 * Math.floor(i / columns) * width + 2 * (i % columns);
    return (data[at] + data[at + 1] + data[at + width] + data[at + width + 1]) / 4;
  });
}

/** Calls `visit(y, x, at)` for each element of a block that is not in margins of one row and one column. */
function stencil({ data, shape: [height, width] }, fn) {
  return data.map((_, at) => {
    const [y, x] = [Math.floor(at / width), at % width];
    const value = (dy, dx) => {
      const inside = y + dy >= 0 && y + dy < height && x + dx >= 0 && x + dx < width;
      return inside ? data[at + dy * width + dx] : undefined;
    };
    return fn(value);
  });
}

const WEIGHTS = [1, -2, 3, 0, 4, -1, 2, 1, -5];
const NEIGHBOURS = Array.from({ length: 9 }, (_, i) => [Math.floor(i / 3) - 1, (i % 3) - 1]);

export const weighted = (block) =>
  stencil(block, (value) =>
    NEIGHBOURS.reduce((total, [dy, dx], i) => total + WEIGHTS[i] * (value(dy, dx) ?? 0), 0),
  );

export const anyNeighbour = (block) =>
  stencil(block, (value) => NEIGHBOURS.some(([dy, dx]) => value(dy, dx)));

/** How many elements the 5 x 5 elements around each one have: fewer at the edges. */
export const neighbours = (block) =>
  stencil(block, (value) => {
    let count = 0;
    for (let dy = -2; dy <= 2; dy++)
      for (let dx = -2; dx <= 2; dx++) count += value(dy, dx) === undefined ? 0 : 1;
    return count;
  });

/** Sums of seven elements along the first axis. */
export function sumsAlong0({ data, shape: [, height, width] }) {
  const plane = height * width;
  return data.map((_, at) => {
    let total = 0;
    for (let step = -3; step <= 3; step++) total += data[at + step * plane] ?? 0;
    return total;
  });
}

// Of extra arguments, and of errors.
export const firstAndFifth = ([value], ...rest) => rest[0] * value + rest[4];

export function throwing() {
  throw new RangeError('not this window');
}
