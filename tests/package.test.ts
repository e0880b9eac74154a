// The built package as Node loads it: entries, types, and the default worker.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('..', import.meta.url));

test('every export has its file and its types', () => {
  for (const [name, entry] of Object.entries(manifest.exports)) {
    if (typeof entry === 'string') continue;
    expect(Object.keys(entry)[0], `${name}: types first`).toBe('types');
    for (const file of Object.values(entry))
      expect(existsSync(`${root}${file}`), `${name}: ${file}`).toBe(true);
  }
});

test('the default workers start and compute', async () => {
  const script = `
    import { executorInfo, fromArray, gaussianFilter, label, disposeExecutors } from 'tilewise';
    import { binaryOpening } from 'tilewise/ndmorph';
    const n = 96;
    const data = Uint16Array.from({ length: n * n }, (_, i) => (i % 32 < 16 && (i / n) % 32 < 16 ? 900 : 10));
    const image = fromArray(data, { shape: [n, n] });
    const { count } = label(binaryOpening(gaussianFilter(image, 1).gt(400)));
    console.log(JSON.stringify([await count.item({ device: 'cpu' }), (await executorInfo('cpu')).reason]));
    disposeExecutors();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
  });
  const [count, reason] = JSON.parse(stdout);
  expect(count).toBe(9);
  expect(reason).toContain('WASM worker');
});
