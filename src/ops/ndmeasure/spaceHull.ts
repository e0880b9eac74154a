// Convex hulls of points in space: Quickhull, exact since points are integers. Every predicate is a polynomial of third
// degree, which float64 holds for points up to 100,000 apart.

/** Points as triples of integers. */
export type Points = Float64Array;

/** A triangle of the hull, counter-clockwise seen from outside. Points p of the hull have normal · p ≤ offset. */
export interface Face {
  /** Numbers of its three points. */
  readonly corners: readonly number[];
  readonly normal: readonly number[];
  readonly offset: number;
}

interface GrowingFace extends Face {
  /** Faces behind the edges from each corner to the next. */
  readonly neighbours: GrowingFace[];
  /** Points above the face, none of which another face has. */
  outside: number[];
  replaced: boolean;
}

/**
 * Faces of the convex hull, facets of more than three corners in several; undefined where the points lie in a plane.
 * @see C. B. Barber, D. P. Dobkin, H. Huhdanpaa, ACM Trans. Math. Softw. 22:469 (1996)
 */
export function spaceHull(points: Points): readonly Face[] | undefined {
  const all = Array.from({ length: points.length / 3 }, (_, p) => p);
  const faces = firstFaces(points, all);
  if (!faces) return undefined;
  assign(points, all, faces);
  // Faces are appended while the loop runs.
  for (const face of faces) {
    if (face.replaced || face.outside.length === 0) continue;
    const highest = furthest(face.outside, (p) => above(points, face, p));
    faces.push(...raise(points, face, highest));
  }
  return faces.filter(({ replaced }) => !replaced);
}

/** Positive outside the face's half-space, 0 on its plane. */
const above = (points: Points, { normal, offset }: Face, p: number): number =>
  normal[0] * points[3 * p] + normal[1] * points[3 * p + 1] + normal[2] * points[3 * p + 2] - offset;

function furthest(candidates: readonly number[], distance: (p: number) => number): number {
  let [best, most] = [candidates[0], -1];
  for (const p of candidates) {
    const reached = distance(p);
    if (reached > most) [best, most] = [p, reached];
  }
  return best;
}

function createFace(points: Points, a: number, b: number, c: number): GrowingFace {
  const from = (p: number, axis: number) => points[3 * p + axis] - points[3 * a + axis];
  const normal = [0, 1, 2].map((axis) => {
    const [next, last] = [(axis + 1) % 3, (axis + 2) % 3];
    return from(b, next) * from(c, last) - from(b, last) * from(c, next);
  });
  const offset = normal[0] * points[3 * a] + normal[1] * points[3 * a + 1] + normal[2] * points[3 * a + 2];
  return { corners: [a, b, c], normal, offset, neighbours: [], outside: [], replaced: false };
}

/** A tetrahedron of four of the points. */
function firstFaces(points: Points, all: readonly number[]): GrowingFace[] | undefined {
  const squared = (vector: readonly number[]) => vector.reduce((sum, x) => sum + x * x, 0);
  const apart = (p: number) => squared([0, 1, 2].map((axis) => points[3 * p + axis] - points[axis]));
  const b = furthest(all, apart);
  if (apart(b) === 0) return undefined;
  const offLine = (p: number) => squared(createFace(points, 0, b, p).normal);
  const c = furthest(all, offLine);
  if (offLine(c) === 0) return undefined;
  const base = createFace(points, 0, b, c);
  const d = furthest(all, (p) => Math.abs(above(points, base, p)));
  const side = above(points, base, d);
  if (side === 0) return undefined;
  const [u, v] = side < 0 ? [b, c] : [c, b];
  const faces = [
    [0, u, v],
    [u, 0, d],
    [v, u, d],
    [0, v, d],
  ].map(([p, q, r]) => createFace(points, p, q, r));
  const [bottom, first, second, third] = faces;
  bottom.neighbours.push(first, second, third);
  first.neighbours.push(bottom, third, second);
  second.neighbours.push(bottom, first, third);
  third.neighbours.push(bottom, second, first);
  return faces;
}

/** Gives each point to a face below it; those inside all are dropped. */
function assign(points: Points, candidates: Iterable<number>, faces: readonly GrowingFace[]): void {
  for (const p of candidates) faces.find((face) => above(points, face, p) > 0)?.outside.push(p);
}

/** Replaces the faces that a point is above by a cone from their rim to the point. */
function raise(points: Points, start: GrowingFace, apex: number): GrowingFace[] {
  const seen = [start];
  start.replaced = true;
  // Faces whose plane holds the point stay: their rim makes no face without area.
  for (const face of seen)
    for (const neighbour of face.neighbours)
      if (!neighbour.replaced && above(points, neighbour, apex) > 0) {
        neighbour.replaced = true;
        seen.push(neighbour);
      }
  const byFirst = new Map<number, GrowingFace>();
  for (const face of seen)
    face.neighbours.forEach((neighbour, edge) => {
      if (neighbour.replaced) return;
      const [first, second] = [face.corners[edge], face.corners[(edge + 1) % 3]];
      const added = createFace(points, first, second, apex);
      added.neighbours.push(neighbour);
      neighbour.neighbours[neighbour.corners.indexOf(second)] = added;
      byFirst.set(first, added);
    });
  const cone = [...byFirst.values()];
  for (const face of cone) {
    const next = byFirst.get(face.corners[1])!;
    face.neighbours[1] = next;
    next.neighbours[2] = face;
  }
  for (const face of seen) {
    assign(points, face.outside, cone);
    face.outside = [];
  }
  return cone;
}
