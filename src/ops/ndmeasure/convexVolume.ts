// Convex hulls of voxels in space, as rows of extremes: exact, in integers.
import { hullRows, type RowExtremes } from './convexHull';
import { type Face, type Points, spaceHull } from './spaceHull';

/**
 * The voxels whose centre lies in the convex hull of the shape's voxels, a voxel being the octahedron between the middles
 * of its faces. 0 for shapes in a plane, as of scikit-image.
 * @param rows the row of a plane's first line is the plane's number times `height`
 * @see skimage.morphology.convex_hull_image (offset_coordinates)
 */
export function convexVolume(rows: RowExtremes, height: number): number {
  const { points, shape } = extremePoints(planeHullRows(rows, height), height);
  const inner = spaceHull(points);
  if (!inner) return 0;
  const corners = octahedra(points, new Set(inner.flatMap((face) => face.corners)));
  return countVoxels(corners, spaceHull(corners)!, shape);
}

/** The rows at corners of the hulls of the shape's planes: as good as all for a hull of this and other parts of it. */
export function planeHullRows(rows: RowExtremes, height: number): RowExtremes {
  const parts: RowExtremes[] = [];
  for (let start = 0, stop = 0; start < rows.length; start = stop) {
    const end = (Math.floor(rows[start] / height) + 1) * height;
    while (stop < rows.length && rows[stop] < end) stop += 3;
    parts.push(hullRows(rows.subarray(start, stop)));
  }
  const kept = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    kept.set(part, at);
    at += part.length;
  }
  return kept;
}

/** First and last voxel of each row, counted from the shape's least plane, row and column; planes and rows that it has. */
function extremePoints(rows: RowExtremes, height: number): { points: Points; shape: readonly number[] } {
  const least = [Infinity, Infinity, Infinity];
  const most = [0, 0, 0];
  const points = new Float64Array(2 * rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = i - (i % 3);
    if (i === row) continue;
    const place = [Math.floor(rows[row] / height), rows[row] % height, rows[i]];
    // Two points a row: from its second and its third number.
    points.set(place, 2 * row + 3 * (i - row - 1));
    place.forEach((at, axis) => {
      least[axis] = Math.min(least[axis], at);
      most[axis] = Math.max(most[axis], at);
    });
  }
  return {
    points: points.map((at, i) => at - least[i % 3]),
    shape: most.map((at, axis) => at + 1 - least[axis]),
  };
}

/** The corners of the octahedra of points, doubled to be integers. */
function octahedra(points: Points, chosen: ReadonlySet<number>): Points {
  const corners = new Float64Array(18 * chosen.size);
  let at = 0;
  for (const p of chosen)
    for (let axis = 0; axis < 3; axis++)
      for (const step of [-1, 1]) {
        for (let i = 0; i < 3; i++) corners[at++] = 2 * points[3 * p + i] + (i === axis ? step : 0);
      }
  return corners;
}

/** Even points in a hull: each face bounds the rows below or above which it lies. */
function countVoxels(points: Points, faces: readonly Face[], [depth, height]: readonly number[]): number {
  const first = new Int32Array(depth * height);
  const last = new Int32Array(depth * height).fill(-1);
  for (const { corners, normal, offset } of faces) {
    const [byPlane, byRow, byColumn] = normal;
    if (byColumn === 0) continue;
    const planes = corners.map((p) => points[3 * p]);
    const lastPlane = Math.floor(Math.max(...planes) / 2);
    for (let z = Math.ceil(Math.min(...planes) / 2); z <= lastPlane; z++) {
      const [start, stop] = rowsBelow(points, corners, byColumn > 0, z);
      for (let y = start; y <= stop; y++) {
        const column = (offset - byPlane * 2 * z - byRow * 2 * y) / (2 * byColumn);
        if (byColumn > 0) last[z * height + y] = Math.floor(column);
        else first[z * height + y] = Math.ceil(column);
      }
    }
  }
  return last.reduce((sum, stop, row) => sum + Math.max(0, stop - first[row] + 1), 0);
}

/** First and last row of a plane whose line meets the triangle; `upper`: the triangle is seen from high columns. */
function rowsBelow(points: Points, corners: readonly number[], upper: boolean, z: number): [number, number] {
  let [start, stop] = [-Infinity, Infinity];
  for (let i = 0; i < 3; i++) {
    const [a, b] = [3 * corners[i], 3 * corners[(i + 1) % 3]];
    const [dz, dy] = [points[b] - points[a], points[b + 1] - points[a + 1]];
    if (dz === 0) continue;
    const row = (points[a + 1] * dz + dy * (2 * z - points[a])) / (2 * dz);
    if (dz > 0 === upper) start = Math.max(start, Math.ceil(row));
    else stop = Math.min(stop, Math.floor(row));
  }
  return [start, stop];
}
