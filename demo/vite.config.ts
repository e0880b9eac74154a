// Builds and serves the demo viewer against the library's sources.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { sharedPlugins } from '../vite.config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  // What is not there is a 404, not the viewer again.
  appType: 'mpa',
  // Relative, so that a build works from any folder of any host.
  base: './',
  plugins: sharedPlugins(),
  worker: { format: 'es', plugins: sharedPlugins },
  resolve: {
    alias: [
      { find: 'tilewise/worker', replacement: here('../src/exec/worker/worker.ts') },
      { find: /^tilewise$/, replacement: here('../src/index.ts') },
    ],
  },
  // Everything imported lazily or by workers: found late, it would reload the page.
  optimizeDeps: {
    include: [
      'comlink',
      'comlink/dist/esm/node-adapter.mjs',
      'fflate',
      'idb-keyval',
      'lru-cache',
      'p-queue',
      'p-retry',
      'uplot',
    ],
  },
  server: { fs: { allow: [here('..')] } },
  build: {
    outDir: here('../build/demo'),
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1000,
    rollupOptions: { input: [here('index.html'), here('upload/index.html')] },
  },
});
