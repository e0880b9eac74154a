// Builds the library once more for pages without a bundler: dist/browser, in which nothing is left to be resolved.
import { defineConfig, type Plugin } from 'vite';
import { sharedPlugins } from './vite.config.ts';

/** As in vite.config.ts, from wherever the module came to stand. */
const workerScript = (): Plugin => ({
  name: 'tilewise-worker-script',
  apply: 'build',
  renderChunk: (code, { fileName }) => ({
    code: code.replaceAll('WORKER_SCRIPT', `"${fileName.includes('/') ? '..' : '.'}/worker.js"`),
    map: null,
  }),
});

export default defineConfig({
  plugins: [...sharedPlugins(), workerScript()],
  build: {
    target: 'es2022',
    outDir: 'dist/browser',
    lib: {
      entry: {
        tilewise: 'src/index.ts',
        worker: 'src/exec/worker/worker.ts',
        'virtual-zarr': 'src/adapters/virtualZarr.ts',
        openseadragon: 'src/adapters/openseadragon.ts',
        viv: 'src/adapters/viv.ts',
        deckgl: 'src/adapters/deckgl.ts',
        'service-worker': 'src/adapters/serviceWorker.ts',
        'service-worker-script': 'src/adapters/serviceWorkerScript.ts',
      },
      formats: ['es'],
    },
    rollupOptions: {
      // Imported in Node only, which is not where this runs.
      external: /^node:/,
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
