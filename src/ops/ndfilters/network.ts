// Selection networks: which elements to compare and exchange so that one of them ends up at its rank.

/**
 * The exchanges of Batcher's odd-even merge sort of `count` elements that bring the element of `rank` (0 the smallest)
 * to its position; pairs [position of the smaller, position of the larger], flat.
 * @see Knuth, The Art of Computer Programming 3, 5.2.2, Algorithm M; exchanges that nothing needs are left out
 */
export function selectionNetwork(count: number, rank: number): number[] {
  const pairs: [number, number][] = [];
  for (let p = 1; p < count; p *= 2)
    for (let k = p; k >= 1; k /= 2)
      for (let j = k % p; j <= count - 1 - k; j += 2 * k)
        for (let i = 0; i <= Math.min(k - 1, count - j - k - 1); i++)
          if (Math.floor((i + j) / (2 * p)) === Math.floor((i + j + k) / (2 * p)))
            pairs.push([i + j, i + j + k]);
  const needed = new Set([rank]);
  const kept: [number, number][] = [];
  for (const pair of pairs.reverse()) {
    if (!needed.has(pair[0]) && !needed.has(pair[1])) continue;
    needed.add(pair[0]).add(pair[1]);
    kept.push(pair);
  }
  return kept.reverse().flat();
}
