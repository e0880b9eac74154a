// What tests/browser/library.test.ts asks of the library inside a page.
import {
  binaryOpening,
  configure,
  type DeviceChoice,
  executorInfo,
  fromArray,
  gaussianFilter,
  label,
  onExecutorEvent,
  regionTable,
} from 'tilewise';
import TilewiseWorker from 'tilewise/worker?worker';
import { SIZE, testImage } from './image';
import InWorker from './inWorker?worker';

const events: string[] = [];
onExecutorEvent((event) => events.push(`${event.kind}: ${event.message}`));
configure({ createWorker: () => new TilewiseWorker() });

async function run(device: DeviceChoice, options: { killWorker?: boolean } = {}) {
  const workers: Worker[] = [];
  configure({
    workers: 2,
    // Many tiles, though the image is small.
    tileElements: 10_000,
    createWorker: () => {
      const worker = new TilewiseWorker();
      workers.push(worker);
      return worker;
    },
  });
  const image = fromArray(testImage(), { shape: [SIZE, SIZE], chunks: [100, 100] });
  const labels = label(binaryOpening(gaussianFilter(image, 2).gt(340))).labels;
  const table = await regionTable(image, { labelImage: labels, device });
  const { data } = await labels.compute({
    device,
    onProgress: ({ done }) => {
      // What a crash of the worker's script looks like to the page.
      const victim = options.killWorker && done === 2 ? workers.shift() : undefined;
      victim?.dispatchEvent(new ErrorEvent('error'));
    },
  });
  return {
    isolated: crossOriginIsolated,
    executor: await executorInfo(device),
    labels: Array.from(data as Uint32Array),
    areas: Array.from(table.column('area')),
    events,
  };
}

const runInWorker = (device: DeviceChoice) =>
  new Promise((resolve, reject) => {
    const worker = new InWorker();
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
    worker.postMessage(device);
  });

Object.assign(globalThis, { run, runInWorker });
document.title = 'ready';
