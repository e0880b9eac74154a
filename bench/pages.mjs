// Pages of benchmarks: built by Vite against dist/, served cross-origin isolated.
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { build } from 'vite';

/** Builds a page's folder, a path beside this script; the folder that is to be served. */
export async function buildPage(folder) {
  const built = fileURLToPath(new URL(`../.cache/bench/pages/${folder}/`, import.meta.url));
  await build({
    root: fileURLToPath(new URL(`./${folder}/`, import.meta.url)),
    base: './',
    configFile: false,
    logLevel: 'silent',
    worker: { format: 'es' },
    build: { outDir: built, emptyOutDir: true, target: 'esnext' },
  });
  return built;
}

/** Makes a response's page cross-origin isolated. */
export function isolate(response) {
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
}

/** Answers requests with the files of a folder. */
export const staticFiles = (folder) => sirv(folder, { setHeaders: isolate, dotfiles: true });
