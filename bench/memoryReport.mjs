// The report of memory.mjs.
import { fixed, table, verdict } from './table.mjs';

const WHY =
  'Why: the work of a pixel is the same at every size, as the reads of a chunk show: while tiles were walked in C order, chunks under the halos of two rows of tiles had left the cache when the second row came, and were decoded twice a pass in 32768 x 32768 (1.97 reads a chunk, and 45% more processor time a pixel); now tiles are walked in columns of boxes that the cache holds. What is left of the spread showed no direction in runs beside other work on the two cores (nuclei, processor ms a megapixel, three series: 99, 73, 76; 105, 110, 95; 70, 80, 92 at 8192, 16384, 32768); new memory costs the smallest most, 600 to 700 page faults a megapixel where the largest has 90 to 140. Of memory, live buffers are as many at every size (64 to 90 MiB of ArrayBuffers, most of them the cache of chunks); what grows at first is what the allocator of the C library keeps of those that were freed: with MALLOC_MMAP_THRESHOLD_=131072, by which it returns them, a smoothed copy of 16384 x 16384 took 4% more than one of 8192 x 8192, where it was 10% otherwise. An object of the nuclei pipeline takes about 60 bytes a tile that it is in, packed, some 20 for its label, and 116 in the table that is the result.';

export function memoryReport({ budgetMiB, repeats, runs, rows }) {
  const judge = (name) => {
    const own = rows.filter((row) => row.name === name);
    const [small, large] = [own[0], own.at(-1)];
    const growth = large.peakMiB / small.peakMiB;
    const spread = (costs) => Math.max(...costs) / Math.min(...costs);
    const time = spread(own.map((row) => row.perMegapixel));
    const cpu = spread(own.map((row) => row.cpuPerMegapixel));
    const pixels = (large.shape[0] * large.shape[1]) / (small.shape[0] * small.shape[1]);
    const perObject = large.objects
      ? ` or ${fixed(((large.peakMiB - small.peakMiB) * 2 ** 20) / (large.objects - small.objects), 0)} bytes an object more`
      : '';
    return [
      verdict(
        `${name}: within the budget`,
        large.peakMiB <= budgetMiB,
        `${fixed(large.peakMiB, 0)} of ${budgetMiB} MiB`,
      ),
      verdict(
        `${name}: growth for ${fixed(pixels, 0)} times the pixels within 10%`,
        growth <= 1.1,
        `${fixed(100 * (growth - 1), 1)}%${perObject}`,
      ),
      verdict(
        `${name}: cost of a pixel flat within 15%`,
        time <= 1.15,
        `${fixed(100 * (time - 1), 1)}%; by processor time, which other work disturbs less, ${fixed(100 * (cpu - 1), 1)}%`,
      ),
    ];
  };
  const verdicts = runs.flatMap(judge).join('\n');
  return [
    '## Peak memory of a streaming run',
    `From disk, 2 workers, memory budget ${budgetMiB} MiB: gaussianFilter (sigma 2) written as compressed Zarr to nowhere, and the nuclei pipeline, which keeps state for every object. Peak is the resident set of the whole process: V8 heaps, workers, WASM memories, buffers. The larger images repeat the chunks of the smallest. The smoothed copy makes one pass over its image, the nuclei pipeline two.`,
    table(
      [
        'run',
        'image',
        'objects',
        'time',
        'reads of a chunk',
        'ms a megapixel',
        'processor ms a megapixel',
        `peak, median of ${repeats}`,
      ],
      rows.map((r) => [
        r.name,
        r.shape.join(' x '),
        r.objects ?? '-',
        `${fixed(r.seconds, 1)} s`,
        fixed(r.readsPerChunk, 2),
        fixed(r.perMegapixel, 1),
        fixed(r.cpuPerMegapixel, 1),
        `${fixed(r.peakMiB, 0)} MiB`,
      ]),
    ),
    verdicts,
    ...(verdicts.includes('FAILS') ? [WHY] : []),
  ].join('\n\n');
}
