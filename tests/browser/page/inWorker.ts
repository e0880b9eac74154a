// The library inside a worker of the application's: GPU, or workers of its own.
import { binaryOpening, configure, executorInfo, fromArray, gaussianFilter, label } from 'tilewise';
import TilewiseWorker from 'tilewise/worker?worker';
import { SIZE, testImage } from './image';

addEventListener('message', async ({ data: device }) => {
  configure({ workers: 2, createWorker: () => new TilewiseWorker() });
  const image = fromArray(testImage(), { shape: [SIZE, SIZE], chunks: [100, 100] });
  const { labels } = label(binaryOpening(gaussianFilter(image, 2).gt(340)));
  const { data } = await labels.compute({ device });
  postMessage({ executor: await executorInfo(device), labels: Array.from(data as Uint32Array) });
});
