// imread against Pillow, NumPy and tifffile: every format, dtype and way of storing them.
import { describe, expect, test } from 'vitest';
import { imread } from '../../src/index';
import { recordConformance } from '../helpers/conformance';
import { EXECUTORS, expectNoFallback } from '../helpers/executors';
import { expectImage, imageCases } from '../helpers/images';

expectNoFallback();

describe.each(EXECUTORS)('imread on %s', (device) => {
  test.each(imageCases().map((c) => [c.name, c] as const))('%s', async (_name, c) => {
    const stack = await imread(new File([c.bytes], c.fileName));
    if (c.about) expect(stack.dimensionNames).toEqual(c.about.axes);
    const result = await stack.compute({ device });
    const error = expectImage(c, result);
    recordConformance({ function: 'imread', dtype: result.dtype, mode: c.format, executor: device, error });
    if (device !== 'cpu') return;
    // A part is the same part, whatever the chunks.
    const region = stack.shape.map((n) => [Math.floor(n / 2), n] as const);
    const part = await stack.read(region, { device });
    const whole = await (await imread(new File([c.bytes], c.fileName), { nframes: -1 })).read(region, {
      device,
    });
    expect(part).toEqual(whole);
  });
});
