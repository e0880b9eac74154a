// Convex hulls of pixels in the plane, as rows of extremes: exact, in integers.

/** Rows of a shape in ascending order: three numbers each, the row and its first and last column. */
export type RowExtremes = Int32Array;

/**
 * The pixels whose centre lies in the convex hull of the shape's pixels, a pixel being the square on its corner between
 * the middles of its edges. Points on the hull's edge are in it.
 * @see skimage.morphology.convex_hull_image (offset_coordinates)
 */
export function convexArea(rows: RowExtremes): number {
  const left = boundary(rows, 1, 1);
  const right = boundary(rows, 2, -1);
  let area = 0;
  const [first, last] = [rows[0], rows[rows.length - 3]];
  let [l, r] = [0, 0];
  for (let row = first; row <= last; row++) {
    while (left[l + 2] < 2 * row) l += 2;
    while (right[r + 2] < 2 * row) r += 2;
    area += 1 + Math.floor(crossing(right, r, 2 * row) / 2) - Math.ceil(crossing(left, l, 2 * row) / 2);
  }
  return area;
}

/** The rows at corners of the hull: as good as all of them for a hull of this and other parts of the shape. */
export function hullRows(rows: RowExtremes): RowExtremes {
  const kept = new Uint8Array(rows.length / 3);
  for (const [field, sign] of [
    [1, 1],
    [2, -1],
  ]) {
    const stack: number[] = [];
    for (let i = 0; i < rows.length; i += 3) {
      while (stack.length > 1) {
        const [a, b] = [stack[stack.length - 2], stack[stack.length - 1]];
        if (
          isCorner(
            rows[a],
            sign * rows[a + field],
            rows[b],
            sign * rows[b + field],
            rows[i],
            sign * rows[i + field],
          )
        )
          break;
        stack.pop();
      }
      stack.push(i);
    }
    for (const i of stack) kept[i / 3] = 1;
  }
  return rows.filter((_, i) => kept[Math.floor(i / 3)] === 1);
}

/** Whether b lies strictly to the left of the way from a to c, columns growing to the right. */
const isCorner = (aRow: number, a: number, bRow: number, b: number, cRow: number, c: number): boolean =>
  (b - a) * (cRow - aRow) < (c - a) * (bRow - aRow);

/**
 * The hull's boundary towards low columns (`sign` 1) or high ones (-1): corners as pairs of row and column, both
 * doubled, so that the middles of edges are integers too.
 */
function boundary(rows: RowExtremes, field: number, sign: number): Float64Array {
  const corners: number[] = [];
  const add = (row: number, column: number) => {
    let n = corners.length;
    // Two pixels above each other share the middle of their edge's row: the outer one counts.
    if (n > 0 && corners[n - 2] === row) {
      if (sign * corners[n - 1] <= sign * column) return;
      n -= 2;
    }
    while (n > 2) {
      if (
        isCorner(
          corners[n - 4],
          sign * corners[n - 3],
          corners[n - 2],
          sign * corners[n - 1],
          row,
          sign * column,
        )
      )
        break;
      n -= 2;
    }
    corners.length = n;
    corners.push(row, column);
  };
  for (let i = 0; i < rows.length; i += 3) {
    const [row, column] = [2 * rows[i], 2 * rows[i + field]];
    add(row - 1, column);
    add(row, column - sign);
    add(row + 1, column);
  }
  return Float64Array.from(corners);
}

/** Column at which the boundary crosses a row, on the edge that starts at corner `at`. */
function crossing(corners: Float64Array, at: number, row: number): number {
  const [y0, x0, y1, x1] = corners.subarray(at, at + 4);
  return (x0 * (y1 - y0) + (x1 - x0) * (row - y0)) / (y1 - y0);
}
