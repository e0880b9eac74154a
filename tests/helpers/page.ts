// A page of tests/browser, built by Vite as an application would be, and served with headers of one's own.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { build } from 'vite';
import { sharedPlugins } from '../../vite.config';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };
const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** No eval, no blob or data workers; WASM may be compiled. */
export const STRICT = {
  'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'",
};

/** A page that is open. */
export interface OpenPage {
  readonly page: Page;
  /** Uncaught errors in it. */
  readonly errors: string[];
}

export interface BuiltPage {
  /** Opens it, served with these headers, and waits until its title is `ready`. */
  open(headers?: Record<string, string>): Promise<OpenPage>;
  /** Ends the servers and removes what was built. */
  close(): Promise<void>;
}

/** Builds a folder of tests/browser that has an index.html; `files` are served too, by path. */
export async function buildPage(
  name: string,
  browser: Browser,
  files: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), 'tilewise-page-'));
  await build({
    configFile: false,
    logLevel: 'error',
    root: source(`../browser/${name}`),
    base: './',
    plugins: sharedPlugins(),
    worker: { format: 'es', plugins: sharedPlugins },
    resolve: {
      alias: [
        { find: /^tilewise\/worker/, replacement: source('../../src/exec/worker/worker.ts') },
        { find: /^tilewise$/, replacement: source('../../src/index.ts') },
      ],
    },
    build: { outDir: folder, emptyOutDir: true, target: 'es2022' },
  });
  const servers: Server[] = [];
  return {
    async open(headers = {}) {
      const server = createServer(async (request, response) => {
        const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
        const file = join(folder, path === '/' ? 'index.html' : path);
        const body = files.get(path) ?? (await readFile(file).catch(() => undefined));
        const [, start, stop] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
        const part = start ? body?.subarray(Number(start), Number(stop) + 1) : body;
        response.writeHead(body ? (start ? 206 : 200) : 404, {
          'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
          ...headers,
        });
        response.end(part);
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction(() => document.title === 'ready');
      return { page, errors };
    },
    async close() {
      for (const server of servers) server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
