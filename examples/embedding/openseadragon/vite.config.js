export default {
  base: './',
  build: { target: 'es2022' },
  // The workers' script loads parts of itself on demand.
  worker: { format: 'es' },
  // In `vite dev`: bundled ahead, the library would not find its workers' script.
  optimizeDeps: { exclude: ['tilewise'] },
};
