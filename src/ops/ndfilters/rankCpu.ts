// Rank filters on the CPU: networks for small windows; for large ones histograms of bytes, or a sliding set of sorted
// places.
import { DTYPES, itemSize } from '../../core/dtype';
import type { CpuContext, Step } from '../../core/op';
import { elementCount, regionSize } from '../../core/region';
import { selectionNetwork } from './network';
import { type WindowParams, windowOffsets, windowSizes } from './window';
import { walkBoxes } from './windowBoxes';

export type RankParams = WindowParams & { readonly rank: number };

/** Larger networks never pay, and take long to make. */
const NETWORK_ELEMENTS = 96;
/** A padded block of this many bytes stays in a second-level cache. */
const NETWORK_BYTES = 1 << 17;
/** Each box of the output begins its histograms anew: few boxes. */
const HISTOGRAM_ELEMENTS = 1 << 20;

export function rankCpu(context: CpuContext, step: Step<RankParams>): void {
  const { params, output } = step;
  const { kernels } = context;
  const bytes = itemSize(output.dtype);
  const dtype = DTYPES.indexOf(output.dtype);
  const offsets = windowOffsets(params);
  const count = offsets.length / 4;
  const edges = windowEdges(offsets);
  const target = context.output(output);
  const pointer = context.constant(offsets);
  const network = cheapNetwork(params.rank, bytes, count, edges.entering.length / 4);
  if (!network && bytes === 1 && takesHistograms(params)) {
    const walk = walkBoxes(context, step, HISTOGRAM_ELEMENTS);
    const sides = context.constant(Int32Array.from(walk.geometry.sizes));
    const scratch = context.scratch(kernels.histogramRankScratch(walk.columns));
    walk.visit((padded, box, elements) => {
      kernels.orderKeys(padded, dtype, elements, 0);
      kernels.histogramRank(padded, target, box, sides, params.rank, scratch);
    });
  } else if (network) {
    const walk = walkBoxes(context, step, NETWORK_BYTES / bytes);
    const program = context.constant(network);
    const scratch = context.scratch(36 * count);
    walk.visit((padded, box, elements) => {
      kernels.orderKeys(padded, dtype, elements, 0);
      const { length } = network;
      kernels.selectRank(padded, target, bytes, box, pointer, count, program, length, params.rank, scratch);
    });
  } else {
    // The sparser the set of places, the longer the way from one to the next.
    const walk = walkBoxes(context, step, Math.min(65536, Math.max(8192, 256 * count)));
    const [entering, leaving] = [context.constant(edges.entering), context.constant(edges.leaving)];
    const n = edges.entering.length / 4;
    const scratch = context.scratch(kernels.slideRankScratch(bytes, walk.elements, count, n));
    walk.visit((padded, box, elements) => {
      kernels.orderKeys(padded, dtype, elements, 0);
      kernels.slideRank(
        padded,
        target,
        bytes,
        box,
        pointer,
        count,
        entering,
        leaving,
        n,
        params.rank,
        scratch,
      );
    });
  }
  kernels.orderKeys(target, dtype, regionSize(output.region), 1);
}

/** Whether the window is a box whose counts fit those of histogramRank. */
function takesHistograms(params: WindowParams): boolean {
  const sizes = windowSizes(params);
  const column = elementCount(sizes.slice(0, -1));
  return !params.offsets && column <= 255 && column * sizes[sizes.length - 1] < 2 ** 16;
}

/** The network as selectRank takes it, where it is expected to be faster than sliding. */
function cheapNetwork(rank: number, bytes: number, count: number, edges: number): Uint32Array | undefined {
  if (count > NETWORK_ELEMENTS || bytes > 4) return undefined;
  const pairs = selectionNetwork(count, rank);
  // Cycles an output, measured.
  const exchanging = ((pairs.length / 2) * 3 * bytes) / 16;
  const sliding = 8 * edges + 40 + 8 * bytes;
  if (exchanging > sliding) return undefined;
  return Uint32Array.from(
    { length: pairs.length / 2 },
    (_, i) => ((pairs[2 * i] << 16) | pairs[2 * i + 1]) * 32,
  );
}

/** Where a window that moves by one along the last axis gains elements, and where the one before loses them. */
function windowEdges(offsets: Int32Array): { entering: Int32Array; leaving: Int32Array } {
  const entering: number[] = [];
  const leaving: number[] = [];
  const same = (a: number, b: number, step: number) =>
    a >= 0 &&
    b < offsets.length &&
    offsets[a] === offsets[b] &&
    offsets[a + 1] === offsets[b + 1] &&
    offsets[a + 2] === offsets[b + 2] &&
    offsets[a + 3] + step === offsets[b + 3];
  // In C order, the next element of a row of the window follows at once.
  for (let i = 0; i < offsets.length; i += 4) {
    if (!same(i - 4, i, 1)) leaving.push(...offsets.subarray(i, i + 4));
    if (!same(i, i + 4, 1)) entering.push(...offsets.subarray(i, i + 4));
  }
  return { entering: Int32Array.from(entering), leaving: Int32Array.from(leaving) };
}
