// Vite plugin: `virtual:zstd` is libzstd as @bokuweb/zstd-wasm compiles it: its module, and its WASM as a base64 string. What
// that package says of where its WASM is would not outlive bundlers.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const MODULE = 'virtual:zstd';
const RESOLVED = `\0${MODULE}`;
const FOLDER = join(createRequire(import.meta.url).resolve('@bokuweb/zstd-wasm'), '../../web');

export function zstd(): Plugin {
  return {
    name: 'tilewise-zstd',
    resolveId: (id) => (id === MODULE ? RESOLVED : null),
    async load(id) {
      if (id !== RESOLVED) return null;
      const [module, wasm] = await Promise.all([
        readFile(join(FOLDER, 'zstd.js'), 'utf8'),
        readFile(join(FOLDER, 'zstd.wasm'), 'base64'),
      ]);
      return [
        '/*! @bokuweb/zstd-wasm, MIT, (c) bokuweb; in it Zstandard, BSD-3-Clause, (c) Meta Platforms, Inc. */',
        module.replace(/^\/\/# sourceMappingURL=.*$/m, ''),
        `export const wasm = ${JSON.stringify(wasm)};`,
      ].join('\n');
    },
  };
}
