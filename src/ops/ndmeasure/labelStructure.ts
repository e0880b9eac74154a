// Which pixels a labelling structure connects, in the form the kernels and the merge take.
import { ArgumentError } from '../../core/errors';
import { parseStructure, type StructureLike } from '../../core/structure';

/** Connectivity of a labelling, as plain data. */
export type Connectivity = {
  /** Offsets connected to a pixel that precede it in raster order, `rank` each. */
  readonly earlier: Int32Array;
  /**
   * Earlier rows (lines of the last axis) a row connects to inside a block: d0, d1, d2 (leading zeros) and a 3-bit mask
   * of allowed dx, bit 0 for dx = -1.
   */
  readonly rows: Int32Array;
  /** Whether neighbours along the last axis connect. */
  readonly rowConnected: boolean;
};

/** Reads a structure of 3^rank elements, symmetric about its centre. Default: city-block neighbours. */
export function parseConnectivity(value: StructureLike | undefined, rank: number): Connectivity {
  const structure = parseStructure(value, rank);
  const { data } = structure;
  if (structure.shape.some((n) => n !== 3))
    throw new ArgumentError('structure', structure.shape, `a shape of ${rank} threes`);
  for (let i = 0; i < data.length; i++)
    if (Boolean(data[i]) !== Boolean(data[data.length - 1 - i]))
      throw new ArgumentError('structure', value, 'an array symmetric about its centre');
  const centre = (data.length - 1) / 2;
  const earlier: number[] = [];
  const rows = new Map<string, number[]>();
  let rowConnected = false;
  for (let i = 0; i < centre; i++) {
    if (!data[i]) continue;
    const offset = Array.from(
      { length: rank },
      (_, axis) => (Math.floor(i / 3 ** (rank - 1 - axis)) % 3) - 1,
    );
    earlier.push(...offset);
    const lead = offset.slice(0, -1);
    if (lead.every((d) => d === 0)) {
      rowConnected = true;
      continue;
    }
    // Blocks have one element along further axes.
    if (lead.slice(0, -3).some((d) => d !== 0)) continue;
    const padded = [...new Array<number>(Math.max(0, 3 - lead.length)).fill(0), ...lead.slice(-3)];
    const row = rows.get(padded.join()) ?? [...padded, 0];
    row[3] |= 1 << (offset[rank - 1] + 1);
    rows.set(padded.join(), row);
  }
  return {
    earlier: Int32Array.from(earlier),
    rows: Int32Array.from([...rows.values()].flat()),
    rowConnected,
  };
}
