import { expect, it } from 'vitest';
import { setTileElements } from '../../../src/core/tiling';
import { chooseExecutor } from '../../../src/exec/devices';
import {
  binaryOpening,
  configure,
  type DeviceChoice,
  fromArray,
  gaussianFilter,
  label,
  onExecutorEvent,
  regionTable,
  thresholdOtsu,
} from '../../../src/index';
import { EXECUTORS } from '../../helpers/executors';
import { random } from '../../helpers/gpu';

/** Bright discs on an uneven background. */
function nuclei(height: number, width: number): Uint16Array {
  const next = random(21);
  const image = Uint16Array.from({ length: height * width }, (_, i) => 300 + (i % width) + next() * 100);
  for (let k = 0; k < 25; k++) {
    const [y, x, radius] = [next() * height, next() * width, 5 + next() * 6];
    for (let i = 0; i < image.length; i++)
      if (Math.hypot(Math.floor(i / width) - y, (i % width) - x) < radius) image[i] += 2000;
  }
  return image;
}

const image = nuclei(120, 150);

async function pipeline(device: DeviceChoice, size: number) {
  const input = fromArray(image, { shape: [120, 150], chunks: [size, size] });
  const smooth = gaussianFilter(input, 2);
  const threshold = await thresholdOtsu(smooth, { device });
  const { labels, count } = label(binaryOpening(smooth.gt(threshold)));
  const table = await regionTable(input, { labelImage: labels, device });
  return {
    threshold,
    rows: table.toJSON(),
    count: await count.item({ device }),
    labels: (await labels.compute({ device })).data,
  };
}

it.skipIf(!EXECUTORS.includes('gpu'))(
  'the nuclei pipeline is the same on both executors and in any chunks',
  async () => {
    configure({ workers: 0 });
    setTileElements(64 * 64);
    const events: unknown[] = [];
    const stop = onExecutorEvent((event) => events.push(event));
    const expected = await pipeline('cpu', 150);
    expect(Number(expected.count)).toBeGreaterThan(5);
    for (const size of [150, 64, 50]) expect(await pipeline('gpu', size)).toEqual(expected);
    // No tile was silently re-run on the CPU.
    expect(events).toEqual([]);
    expect((await chooseExecutor('gpu')).executor.stats.submits).toBeGreaterThan(20);
    stop();
  },
);
