// A page of tests/browser, built by Vite as an application would be, and served with headers of one's own.
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { buildPages, type PageServer, servePages } from './pages';

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
  const pages = await buildPages(fileURLToPath(new URL(`../browser/${name}`, import.meta.url)));
  const servers: PageServer[] = [];
  return {
    async open(headers = {}) {
      const server = await servePages(pages.folder, headers, files);
      servers.push(server);
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.goto(server.url);
      await page.waitForFunction(() => document.title === 'ready');
      return { page, errors };
    },
    async close() {
      for (const server of servers) server.close();
      await pages.remove();
    },
  };
}
