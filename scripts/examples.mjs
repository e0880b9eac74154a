#!/usr/bin/env node
// Builds the examples of docs/embedding.md against dist, and serves them: `npm run build && npm run examples`.
import { cp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import sirv from 'sirv';
import { build } from 'vite';
import manifest from '../package.json' with { type: 'json' };
import { ensureSample } from './sample.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCES = join(ROOT, 'examples', 'embedding');
const PORT = 5174;

const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
const STRICT = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self'",
};

/** The examples by their path; `isolated` is the one for Vite, with other headers. */
export const EXAMPLES = {
  plain: { folder: 'plain', headers: {} },
  vite: { folder: 'vite', headers: {} },
  isolated: { folder: 'vite', headers: ISOLATED },
  strict: { folder: 'strict', headers: STRICT },
  viv: { folder: 'viv', headers: {} },
  openseadragon: { folder: 'openseadragon', headers: {} },
};

/** Finds `tilewise` by its package's exports, as if it were installed. */
const installed = {
  name: 'tilewise-installed',
  enforce: 'pre',
  resolveId(id) {
    const entry = manifest.exports[id.replace(/^tilewise(?=\/|$)/, '.')];
    return id.startsWith('tilewise') && entry ? join(ROOT, entry.default) : undefined;
  },
};

/** @param {string} folder where they are put */
export async function buildExamples(folder) {
  await rm(folder, { recursive: true, force: true });
  for (const name of new Set(Object.values(EXAMPLES).map((example) => example.folder))) {
    const [root, outDir] = [join(SOURCES, name), join(folder, name)];
    if (name === 'plain') {
      await cp(root, outDir, { recursive: true });
      await cp(join(ROOT, 'dist', 'browser'), join(outDir, 'tilewise'), { recursive: true });
    } else
      await build({
        root,
        configFile: join(root, 'vite.config.js'),
        logLevel: 'error',
        plugins: [installed],
        build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 10_000 },
      });
  }
}

/**
 * @param {string} folder of the built examples
 * @param {string} sample the image that they show
 * @param {number} port 0: any that is free
 */
export async function serveExamples(folder, sample, port = 0) {
  const files = sirv(folder, { dev: true });
  const chunks = sirv(sample, { dev: true, dotfiles: false });
  const server = createServer((request, response) => {
    const [, name, rest] = /^\/([^/?]*)(.*)$/.exec(request.url) ?? [];
    const missing = () => {
      response.statusCode = 404;
      response.end('not found');
    };
    if (name === 'sample.ome.zarr') {
      request.url = rest;
      chunks(request, response, missing);
      return;
    }
    const example = Object.hasOwn(EXAMPLES, name) ? EXAMPLES[name] : undefined;
    if (!example) {
      const links = Object.keys(EXAMPLES).map((name) => `<li><a href="/${name}/">${name}</a>`);
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><title>Embedding Tilewise</title><ul>${links.join('')}</ul>`);
      return;
    }
    for (const [header, value] of Object.entries(example.headers)) response.setHeader(header, value);
    request.url = `/${example.folder}${rest}`;
    files(request, response, missing);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, 'localhost', resolve);
  });
  return server;
}

async function main() {
  const folder = join(ROOT, 'build', 'examples');
  const sample = await ensureSample(join(ROOT, '.cache', 'sample-512'), { size: 512 });
  await buildExamples(folder);
  await serveExamples(folder, sample, PORT);
  console.log(`Examples: http://localhost:${PORT}/  (Ctrl+C ends it)`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  main().catch((error) => {
    console.error(`examples: ${error.message.split('\n')[0]}`);
    process.exitCode = 1;
  });
