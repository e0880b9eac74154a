// explain(): what it promises of the pipeline, on each executor, without reading a pixel.
import { describe, expect, test } from 'vitest';
import type { Source } from '../src/core/source';
import { binaryOpening, fromSource, gaussianFilter, label } from '../src/index';
import { EXECUTORS } from './helpers/executors';

const source: Source = {
  key: 'image',
  shape: [4096, 4096],
  dtype: 'uint16',
  chunks: [512, 512],
  dimensionNames: ['y', 'x'],
  readChunk: () => Promise.reject(new Error('explain reads no pixels')),
};

const labels = label(binaryOpening(gaussianFilter(fromSource(source), 2).gt(300))).labels;

describe.skipIf(!EXECUTORS.includes('gpu'))('on the GPU', () => {
  test('the local chain of a tile is one submit', async () => {
    const plan = await labels.explain({ device: 'gpu' });
    expect(plan.match(/executor: gpu/g)).toHaveLength(2);
    expect(plan.match(/per tile: 1 submit/g)).toHaveLength(2);
    expect(plan.replace(/gpu \(.*\)/g, 'gpu (adapter)')).toMatchSnapshot();
  });
});

test('on the CPU', async () => {
  expect(await labels.explain({ device: 'cpu' })).toMatchSnapshot();
});

test('what the GPU refuses runs on the CPU, and the plan says why', async () => {
  const smooth = gaussianFilter(fromSource(source).astype('float64'), 2);
  const plan = await smooth.explain({ device: EXECUTORS.includes('gpu') ? 'gpu' : 'cpu' });
  expect(plan).toContain('executor: cpu');
  if (EXECUTORS.includes('gpu')) expect(plan).toContain('float64');
});
