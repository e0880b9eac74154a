// Builds the library: one ESM file a module, WASM and WGSL inlined.
import { builtinModules } from 'node:module';
import { defineConfig, type Plugin } from 'vite';
import glsl from 'vite-plugin-glsl';
import manifest from './package.json' with { type: 'json' };
import { kernels } from './scripts/kernelsPlugin.ts';
import { zstd } from './scripts/zstdPlugin.ts';

const external = [
  ...Object.keys(manifest.dependencies),
  ...builtinModules,
  ...builtinModules.map((name) => `node:${name}`),
];

export const sharedPlugins = () => [
  kernels(),
  zstd(),
  glsl({ include: ['**/*.wgsl'], warnDuplicatedImports: false }),
];

/** Says where the worker script stands, once Vite no longer looks for workers to inline: see createWorker.ts. */
const workerScript = (): Plugin => ({
  name: 'tilewise-worker-script',
  apply: 'build',
  renderChunk: (code) =>
    code.includes('WORKER_SCRIPT')
      ? { code: code.replaceAll('WORKER_SCRIPT', '"../../worker.js"'), map: null }
      : null,
});

/** Entries that stand elsewhere than their modules. */
const ENTRY_FILES: Readonly<Record<string, string>> = {
  'adapters/virtualZarr': 'adapters/virtual-zarr',
  'adapters/serviceWorker': 'adapters/service-worker',
  'adapters/serviceWorkerScript': 'adapters/service-worker-script',
  'exec/worker/worker': 'worker',
  'cli/main': 'cli',
};

export default defineConfig({
  plugins: [...sharedPlugins(), workerScript()],
  build: {
    target: 'es2022',
    minify: false,
    sourcemap: true,
    lib: {
      entry: {
        index: 'src/index.ts',
        ndfilters: 'src/ndfilters.ts',
        ndfourier: 'src/ndfourier.ts',
        ndinterp: 'src/ndinterp.ts',
        ndmorph: 'src/ndmorph.ts',
        ndmeasure: 'src/ndmeasure.ts',
        imread: 'src/imread.ts',
        'adapters/virtual-zarr': 'src/adapters/virtualZarr.ts',
        'adapters/viv': 'src/adapters/viv.ts',
        'adapters/openseadragon': 'src/adapters/openseadragon.ts',
        'adapters/deckgl': 'src/adapters/deckgl.ts',
        'adapters/service-worker': 'src/adapters/serviceWorker.ts',
        'adapters/service-worker-script': 'src/adapters/serviceWorkerScript.ts',
        node: 'src/node.ts',
        worker: 'src/exec/worker/worker.ts',
        cli: 'src/cli/main.ts',
      },
      formats: ['es'],
    },
    rollupOptions: {
      external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
      // A file a module: whoever bundles the package gets what they use, and nothing that stands beside it.
      output: {
        preserveModules: true,
        preserveModulesRoot: 'src',
        entryFileNames: ({ name }) => `${ENTRY_FILES[name] ?? name}.js`,
      },
    },
  },
});
