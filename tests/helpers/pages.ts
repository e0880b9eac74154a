// Pages of the tests: built by Vite against the library's sources, and served with headers of one's choice.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { sharedPlugins } from '../../vite.config';

const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** `tilewise` and its subpaths, as the package's `exports` name them. */
const ALIASES = [
  { find: /^tilewise\/worker/, replacement: source('exec/worker/worker.ts') },
  { find: 'tilewise/adapters/virtual-zarr', replacement: source('adapters/virtualZarr.ts') },
  { find: /^tilewise\/adapters\/service-worker$/, replacement: source('adapters/serviceWorker.ts') },
  {
    find: 'tilewise/adapters/service-worker-script',
    replacement: source('adapters/serviceWorkerScript.ts'),
  },
  { find: /^tilewise\/(.+)$/, replacement: source('$1.ts') },
  { find: /^tilewise$/, replacement: source('index.ts') },
];

/** Builds the pages of a folder. @param names without `.html` */
export async function buildPages(root: string, names: readonly string[] = ['index']): Promise<PageFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'tilewise-page-'));
  await build({
    configFile: false,
    logLevel: 'error',
    root,
    base: './',
    plugins: sharedPlugins(),
    worker: { format: 'es', plugins: sharedPlugins },
    resolve: { alias: ALIASES },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      minify: false,
      chunkSizeWarningLimit: 10_000,
      rollupOptions: { input: names.map((name) => join(root, `${name}.html`)) },
    },
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface PageFolder {
  readonly folder: string;
  remove(): Promise<void>;
}

export interface PageServer {
  /** With a trailing slash. */
  readonly url: string;
  close(): void;
}

/** Serves a folder, and files by path; what there is not is a 404. */
export async function servePages(
  folder: string,
  headers: Readonly<Record<string, string>> = {},
  files: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<PageServer> {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    const body = files.get(path) ?? (await readFile(file).catch(() => undefined));
    const [, start, stop] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const part = start ? body?.subarray(Number(start), Number(stop) + 1) : body;
    response.writeHead(body ? (start ? 206 : 200) : 404, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': part?.length ?? 0,
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : part);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
