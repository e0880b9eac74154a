// Tiles of edge-resolved accumulators that the 1-D filters run over. A tile is `rows` positions of the filtered axis
// by `width` elements of the inner dimension; one position down is one tile row, so rows (inner == 1), interleaved
// channels and columns are the same loop with another stride.
import { widen } from './lanes';

/** 128 KiB of float64: a tile stays in a second-level cache. */
const TILE_ELEMENTS = 16384;
/** 32 KiB of float64: the rows under one window stay in a first-level cache. */
const WINDOW_ELEMENTS = 4096;
/** Narrower strips would read memory in pieces too short. */
const MINIMUM_WIDTH = 64;
const MAXIMUM_WIDTH = 256;
/** Vector kernels may read, never use, this much beyond a tile. */
export const TILE_PADDING = 256;

/** Inner elements a tile covers: all of them when few, else a strip that is a whole number of vectors. */
export function tileWidth(inner: i32, taps: i32): i32 {
  const width = (WINDOW_ELEMENTS / taps) & ~15;
  return min(inner, max(MINIMUM_WIDTH, min(width, MAXIMUM_WIDTH)));
}

/** Output positions a tile covers; enough that reading the window's overlap again stays cheap. */
export function tileRows(outputLength: i32, inner: i32, taps: i32): i32 {
  return min(outputLength, max(TILE_ELEMENTS / tileWidth(inner, taps), 2 * taps));
}

/** Bytes of the tile and, before it, of the run table. */
export function tileBytes(outputLength: i32, inner: i32, taps: i32): usize {
  const rows = tileRows(outputLength, inner, taps) + taps - 1;
  return runTableBytes(outputLength, taps) + <usize>rows * tileWidth(inner, taps) * sizeof<f64>() + TILE_PADDING;
}

export function runTableBytes(outputLength: i32, taps: i32): usize {
  return (<usize>(outputLength + taps - 1) * 4 + 15) & ~15;
}

/** For each entry of `table`, where the run of consecutive input positions that it belongs to ends. */
export function findRuns(table: usize, length: i32, runs: usize): void {
  let end = length;
  for (let k = length - 1; k >= 0; k--) {
    const position = load<i32>(table + (<usize>k << 2));
    if (k + 1 < length && (position < 0 || load<i32>(table + (<usize>k << 2), 4) != position + 1)) end = k + 1;
    store<i32>(runs + (<usize>k << 2), end);
  }
}

/** Where the row at a table entry begins; `constant` beyond the edge. */
// @ts-ignore: decorator
@inline
export function rowOf(column: usize, pitch: usize, table: usize, entry: i32, constant: usize): usize {
  const position = load<i32>(table + (<usize>entry << 2));
  return position < 0 ? constant : column + <usize>position * pitch;
}

/** Fills a tile with entries [start, stop) of the table, `width` elements from `line` on. */
export function fillTile<T, A>(
  line: usize,
  inner: i32,
  width: i32,
  table: usize,
  runs: usize,
  start: i32,
  stop: i32,
  cval: f64,
  tile: usize,
): void {
  const pitch = <usize>inner * sizeof<T>();
  const rowBytes = <usize>width * sizeof<A>();
  let k = start;
  while (k < stop) {
    const position = load<i32>(table + (<usize>k << 2));
    if (position < 0) {
      for (let i = 0; i < width; i++) store<A>(tile + <usize>i * sizeof<A>(), <A>cval);
      tile += rowBytes;
      k++;
      continue;
    }
    const count = min(load<i32>(runs + (<usize>k << 2)), stop) - k;
    let source = line + <usize>position * pitch;
    if (width == inner) {
      widen<T, A>(source, tile, count * width);
      tile += <usize>count * rowBytes;
    } else {
      for (let row = 0; row < count; row++) {
        widen<T, A>(source, tile, width);
        source += pitch;
        tile += rowBytes;
      }
    }
    k += count;
  }
}
