// Dispatches and bytes a pixel that operations take on a GPU, counted without one: no change may make them more.
import { expect, test } from 'vitest';
import { GPU_OPERATIONS } from '../../../bench/gpuTable.mjs';
import type { DType } from '../../../src/core/dtype';
import { regionSize } from '../../../src/core/region';
import { passesOf } from '../../../src/exec/explain';
import { stepCosts, sumCosts } from '../../../src/exec/webgpu/programCost';
import * as tilewise from '../../../src/index';

const imageOf = (dtype: DType) =>
  tilewise.fromSource({
    key: `image of ${dtype}`,
    ...{ shape: [4096, 4096], chunks: [1024, 1024], dtype, dimensionNames: ['y', 'x'] },
    readChunk: () => Promise.reject(new Error('nothing is to be read')),
  });

const images = {
  float32: imageOf('float32'),
  uint8: imageOf('uint8'),
  uint16: imageOf('uint16'),
  bool: imageOf('bool'),
};

test.each(Object.entries(GPU_OPERATIONS))('%s', (_name, { make, most }) => {
  const programs = passesOf(make(tilewise, images).node).map(({ plan }) => plan('gpu'));
  const costs = programs.map((program) => sumCosts(stepCosts(program)));
  const dispatches = costs.reduce((sum, cost) => sum + cost.dispatches, 0);
  const bytes = costs.reduce((sum, cost, i) => sum + cost.bytesMoved / regionSize(programs[i].tile), 0);
  expect(dispatches).toBeLessThanOrEqual(most.dispatches);
  expect(bytes).toBeLessThanOrEqual(most.bytes);
});
