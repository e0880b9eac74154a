// An HTTP server for tests: serves a Map or a folder, counts requests, and misbehaves on demand.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What goes wrong with a request. `times` faults happen (default: all), later requests are answered well. */
export type Fault =
  | { kind: 'status'; status: number; headers?: Record<string, string>; times?: number }
  /** Answers after `ms`. */
  | { kind: 'slow'; ms: number; times?: number }
  /** Never answers; with `afterBytes`, sends that much of the body first. */
  | { kind: 'hang'; afterBytes?: number; times?: number }
  /** A whole response, with a body of `bytes` only. */
  | { kind: 'truncate'; bytes: number; times?: number }
  /** Drops the connection after `bytes` of the body. */
  | { kind: 'reset'; bytes: number; times?: number }
  /** Ignores Range and sends all. */
  | { kind: 'ignoreRange'; times?: number }
  /** Sends another body, status 200. */
  | { kind: 'replace'; body: Uint8Array; times?: number };

export interface TestServer {
  /** `http://127.0.0.1:<port>`, no trailing slash. */
  readonly url: string;
  /** Paths of the requests so far, in order; `HEAD /path` for HEAD. */
  readonly requests: string[];
  /** Bytes of bodies sent so far. */
  readonly bytesSent: number;
  /** Requests whose path ends in `suffix`. */
  count(suffix: string): number;
  /** Makes requests whose path matches fail; undefined heals. */
  fault(path: string | RegExp, fault: Fault | undefined): void;
  /** Forgets faults and counts. */
  reset(): void;
  /** Connections whose client left before the answer was complete. */
  readonly aborted: string[];
  close(): Promise<void>;
}

/** Serves a Map (keys as in zarrita stores: `/a/zarr.json`) or the files of a folder. CORS open by default. */
export async function startServer(
  content: Map<string, Uint8Array> | string,
  { cors = true }: { cors?: boolean } = {},
): Promise<TestServer> {
  const requests: string[] = [];
  const aborted: string[] = [];
  let bytesSent = 0;
  const faults = new Map<string, { matches: (path: string) => boolean; fault: Fault; left: number }>();
  const load = async (path: string): Promise<Uint8Array | undefined> =>
    typeof content === 'string' ? readFile(join(content, path)).catch(() => undefined) : content.get(path);

  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    requests.push(request.method === 'HEAD' ? `HEAD ${path}` : path);
    response.on('close', () => {
      if (request.method !== 'HEAD') bytesSent += Number(response.getHeader('content-length') ?? 0);
      if (!response.writableFinished) aborted.push(path);
    });
    if (cors) response.setHeader('access-control-allow-origin', '*');
    const active = [...faults.values()].find((entry) => entry.left > 0 && entry.matches(path));
    if (active) active.left--;
    await answer(request, response, await load(path), active?.fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    aborted,
    get bytesSent() {
      return bytesSent;
    },
    count: (suffix) => requests.filter((path) => path.endsWith(suffix)).length,
    fault(path, fault) {
      const matches = (candidate: string) =>
        typeof path === 'string' ? candidate.endsWith(path) : path.test(candidate);
      if (fault) faults.set(String(path), { matches, fault, left: fault.times ?? Number.POSITIVE_INFINITY });
      else faults.delete(String(path));
    },
    reset() {
      faults.clear();
      requests.length = 0;
      aborted.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  found: Uint8Array | undefined,
  fault: Fault | undefined,
): Promise<void> {
  let body = found;
  if (fault?.kind === 'status') {
    response.writeHead(fault.status, fault.headers);
    response.end('fault');
    return;
  }
  if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
  if (fault?.kind === 'hang' && fault.afterBytes === undefined) return;
  if (fault?.kind === 'replace') body = fault.body;
  if (fault?.kind === 'truncate') body = body?.slice(0, fault.bytes);
  if (!body) {
    response.writeHead(404);
    response.end('not found');
    return;
  }
  let status = 200;
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  if (range && fault?.kind !== 'ignoreRange') {
    const start = Number(range[1]);
    if (start >= body.length) {
      response.writeHead(416);
      response.end();
      return;
    }
    status = 206;
    body = body.slice(start, Number(range[2]) + 1);
  }
  response.writeHead(status, { 'content-length': body.length, 'content-type': 'application/octet-stream' });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const partial =
    fault?.kind === 'reset' ? fault.bytes : fault?.kind === 'hang' ? fault.afterBytes : undefined;
  if (partial === undefined) {
    response.end(body);
    return;
  }
  response.write(body.slice(0, partial), () => {
    if (fault?.kind === 'reset') setTimeout(() => response.destroy(), 10);
  });
}
