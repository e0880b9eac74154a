// What can be counted in small neighbourhoods of a label image: perimeters and Euler numbers. Tiles are counted where
// they are computed, and the seams between them where tiles meet, both by these functions.
import type { Region } from '../../core/region';
import { regionShape, stridesOf } from '../../core/region';

/** Counts of a label in two dimensions; in three it is the first alone. */
export const CONTOUR = {
  /** 2^rank times the Euler number. */
  euler: 0,
  /** Crofton's perimeter in units of pi / 4, and of pi / (4 sqrt 2). */
  croftonStraight: 1,
  croftonDiagonal: 2,
  /** Perimeter: pixels of the contour that count 1, sqrt 2, and (1 + sqrt 2) / 2. */
  straight: 3,
  diagonal: 4,
  mixed: 5,
} as const;

export const contourWidth = (rank: number): number => (rank === 2 ? 6 : 1);

/** How far the neighbourhoods of an element reach, to either side. */
export const contourReach = (rank: number): number => (rank === 2 ? 2 : 1);

/**
 * 2^rank times the share of a corner in the Euler number, by which of the 2^rank elements around it are of the label:
 * elements are closed cubes, and of each cube, face, edge and corner that meets here, present where any element has it,
 * a part lies here. That is connectivity by corners, as scikit-image counts objects.
 */
function eulerTable(rank: number): Int8Array {
  const elements = 2 ** rank;
  const table = new Int8Array(2 ** elements);
  for (let cell = 0; cell < 3 ** rank; cell++) {
    // Along each axis a cell is the corner itself (2), or extends to one side.
    const sides = Array.from({ length: rank }, (_, axis) => Math.floor(cell / 3 ** axis) % 3);
    const dimension = sides.filter((side) => side < 2).length;
    let owners = 0;
    for (let e = 0; e < elements; e++)
      if (sides.every((side, axis) => side === 2 || side === ((e >> axis) & 1))) owners |= 1 << e;
    const share = (-1) ** dimension * 2 ** (rank - dimension);
    for (let pattern = 0; pattern < table.length; pattern++) if (pattern & owners) table[pattern] += share;
  }
  return table;
}

const EULER_2D = eulerTable(2);
const EULER_3D = eulerTable(3);

// Crofton's formula in four directions, by the pattern of an element (1), the one above it (2), left of it (4), and
// above left (8): S. Rivollier (2010), as scikit-image has it.
const CROFTON_STRAIGHT = [0, 1, 0, 0, 0, 1, 0, 0, 1, 2, 0, 0, 1, 2, 0, 0];
const CROFTON_DIAGONAL = [0, 1, 1, 2, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0];

/**
 * Adds the counts of the elements of `box` to rows of {@link contourWidth} numbers, label k's being the k-th.
 * @param labels dense over `region`, which reaches {@link contourReach} beyond the box
 */
export function addContours(labels: Uint32Array, region: Region, box: Region, rows: Float64Array): void {
  if (box.some(([start, stop]) => stop <= start)) return;
  if (box.length === 3) {
    addEuler3d(labels, region, box, rows);
    return;
  }
  addWindows2d(labels, region, box, rows);
  addPerimeter(labels, region, box, rows);
}

function addWindows2d(labels: Uint32Array, region: Region, box: Region, rows: Float64Array): void {
  const [[y0, y1], [x0, x1]] = box;
  const width = regionShape(region)[1];
  const width6 = contourWidth(2);
  const add = (label: number, pattern: number) => {
    const row = (label - 1) * width6;
    rows[row + CONTOUR.euler] += EULER_2D[pattern];
    rows[row + CONTOUR.croftonStraight] += CROFTON_STRAIGHT[pattern];
    rows[row + CONTOUR.croftonDiagonal] += CROFTON_DIAGONAL[pattern];
  };
  for (let y = y0; y < y1; y++) {
    let at = (y - region[0][0]) * width + x0 - region[1][0];
    let left = labels[at - 1];
    let aboveLeft = labels[at - 1 - width];
    for (const end = at + x1 - x0; at < end; at++) {
      const [a, b, c, d] = [labels[at], labels[at - width], left, aboveLeft];
      left = a;
      aboveLeft = b;
      if (a === b && a === c && a === d) continue;
      if (a !== 0) add(a, 1 + (b === a ? 2 : 0) + (c === a ? 4 : 0) + (d === a ? 8 : 0));
      if (b !== 0 && b !== a) add(b, 2 + (c === b ? 4 : 0) + (d === b ? 8 : 0));
      if (c !== 0 && c !== a && c !== b) add(c, 4 + (d === c ? 8 : 0));
      if (d !== 0 && d !== a && d !== b && d !== c) add(d, 8);
    }
  }
}

/** Which count a pixel of the contour goes to, by 1 + 2 x its neighbours on the contour along axes + 10 x diagonal ones. */
const STEP = new Int8Array(50).fill(-1);
for (const code of [5, 7, 15, 17, 25, 27]) STEP[code] = CONTOUR.straight;
for (const code of [21, 33]) STEP[code] = CONTOUR.diagonal;
for (const code of [13, 23]) STEP[code] = CONTOUR.mixed;

/** @see skimage.measure.perimeter; K. Benkrid, D. Crookes: FPGA implementation of a perimeter estimator */
function addPerimeter(labels: Uint32Array, region: Region, box: Region, rows: Float64Array): void {
  const [height, width] = regionShape(region);
  const [[y0, y1], [x0, x1]] = box.map(([start, stop], axis) => [
    start - region[axis][0],
    stop - region[axis][0],
  ]);
  // Labels of pixels with a neighbour of another label along an axis; 0 elsewhere.
  const contour = new Uint32Array(height * width);
  for (let y = y0 - 1; y < y1 + 1; y++) {
    for (let at = y * width + x0 - 1; at < y * width + x1 + 1; at++) {
      const label = labels[at];
      if (label === 0) continue;
      const inside =
        labels[at - 1] === label &&
        labels[at + 1] === label &&
        labels[at - width] === label &&
        labels[at + width] === label;
      if (!inside) contour[at] = label;
    }
  }
  const along = [-1, 1, -width, width];
  const across = [-width - 1, -width + 1, width - 1, width + 1];
  for (let y = y0; y < y1; y++) {
    for (let at = y * width + x0; at < y * width + x1; at++) {
      const label = contour[at];
      if (label === 0) continue;
      let code = 1;
      for (const step of along) if (contour[at + step] === label) code += 2;
      for (const step of across) if (contour[at + step] === label) code += 10;
      if (STEP[code] >= 0) rows[(label - 1) * contourWidth(2) + STEP[code]]++;
    }
  }
}

function addEuler3d(labels: Uint32Array, region: Region, box: Region, rows: Float64Array): void {
  const [plane, line] = stridesOf(regionShape(region));
  // The element itself, and the seven before it: bits 0 to 2 of the pattern's place are steps along x, y and z.
  const steps = [0, 1, line, line + 1, plane, plane + 1, plane + line, plane + line + 1];
  const [[z0, z1], [y0, y1], [x0, x1]] = box;
  for (let z = z0; z < z1; z++) {
    for (let y = y0; y < y1; y++) {
      let at = (z - region[0][0]) * plane + (y - region[1][0]) * line + x0 - region[2][0];
      for (const end = at + x1 - x0; at < end; at++) {
        const label = labels[at];
        let same = true;
        for (let i = 1; i < 8; i++) same &&= labels[at - steps[i]] === label;
        if (same) continue;
        for (let i = 0; i < 8; i++) addCorner(labels, at, steps, i, rows);
      }
    }
  }
}

/** Counts a corner for the label of its i-th element, unless an earlier one has that label too. */
function addCorner(
  labels: Uint32Array,
  at: number,
  steps: readonly number[],
  i: number,
  rows: Float64Array,
): void {
  const label = labels[at - steps[i]];
  if (label === 0) return;
  let pattern = 0;
  for (let k = 0; k < 8; k++) {
    if (labels[at - steps[k]] !== label) continue;
    if (k < i) return;
    pattern |= 1 << k;
  }
  rows[(label - 1) * contourWidth(3) + CONTOUR.euler] += EULER_3D[pattern];
}
