// Vite plugin: `virtual:kernels` is the WASM kernels, compiled from kernels/*.ts, as a base64 string;
// `virtual:kernelsRelaxed` the same with relaxed SIMD.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCES = join(ROOT, 'kernels');
const CACHE = join(ROOT, 'node_modules', '.cache', 'tilewise');
const OPTIONS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert'];
/** Options of each module's build. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  'virtual:kernels': OPTIONS,
  'virtual:kernelsRelaxed': [...OPTIONS, '--enable', 'relaxed-simd'],
};

/** Reads every kernel source: file name to text. */
async function readSources(): Promise<Map<string, string>> {
  const names = (await readdir(SOURCES)).filter((name) => name.endsWith('.ts')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(SOURCES, name), 'utf8')));
  return new Map(names.map((name, i) => [name, texts[i]]));
}

/** Compiles the sources to WASM, in memory. */
async function compile(sources: Map<string, string>, options: readonly string[]): Promise<Uint8Array> {
  // Loaded only when the cache has no answer: the compiler takes a second to start.
  const { default: asc } = await import('assemblyscript/asc');
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(['index.ts', '--outFile', 'kernels.wasm', ...options], {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (_, contents) => {
      if (typeof contents !== 'string') binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`kernels/ does not compile:\n${stderr.toString()}`, { cause: error });
  return binary;
}

async function build(options: readonly string[]): Promise<string> {
  const sources = await readSources();
  const key = createHash('sha256')
    .update(JSON.stringify([options, ...sources]))
    .digest('hex')
    .slice(0, 20);
  const cached = join(CACHE, `kernels-${key}.txt`);
  try {
    return await readFile(cached, 'utf8');
  } catch {
    const base64 = Buffer.from(await compile(sources, options)).toString('base64');
    await mkdir(CACHE, { recursive: true });
    // Renamed into place, so that a concurrent reader never sees half a file.
    const partial = `${cached}.${randomUUID()}`;
    await writeFile(partial, base64);
    await rename(partial, cached);
    return base64;
  }
}

export function kernels(): Plugin {
  return {
    name: 'tilewise-kernels',
    resolveId: (id) => (id in MODULES ? `\0${id}` : null),
    async load(id) {
      const options = id.startsWith('\0') ? MODULES[id.slice(1)] : undefined;
      if (!options) return null;
      for (const name of await readdir(SOURCES)) this.addWatchFile(join(SOURCES, name));
      return `export default ${JSON.stringify(await build(options))};`;
    },
  };
}
