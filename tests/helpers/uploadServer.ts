// An HTTP server that keeps what is put, and misbehaves on demand.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong: a status, a reset after part of the body, no answer at all, an answer after `ms`. */
export type UploadFault =
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  | { kind: 'reset' }
  | { kind: 'hang' }
  | { kind: 'slow'; ms: number };

export interface UploadServer {
  readonly url: string;
  /** By path. */
  readonly values: Map<string, Buffer>;
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingMessage['headers'];
  }[];
  /** Most requests under way at once. */
  readonly busiest: number;
  /** Paths of requests whose client left. */
  readonly aborted: string[];
  /** Decides about each request; undefined lets it pass. */
  fault: (method: string, path: string) => UploadFault | undefined;
  close(): void;
}

export async function startUploadServer(): Promise<UploadServer> {
  let running = 0;
  const state = {
    url: '',
    values: new Map<string, Buffer>(),
    requests: [] as UploadServer['requests'],
    busiest: 0,
    aborted: [] as string[],
    fault: (() => undefined) as UploadServer['fault'],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const method = request.method ?? 'GET';
    state.requests.push({ method, path, headers: request.headers });
    response.on('close', () => {
      if (!response.writableFinished) state.aborted.push(path);
    });
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
    response.setHeader('access-control-allow-methods', '*');
    if (method === 'OPTIONS') return void response.writeHead(204).end();
    const fault = state.fault(method, path);
    if (fault?.kind === 'reset') return void request.once('data', () => request.socket.destroy());
    if (fault?.kind === 'hang') return;
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault?.kind === 'status') return void response.writeHead(fault.status, fault.headers).end();
    if (method === 'PUT') {
      state.values.set(path, Buffer.concat(parts));
      return void response.writeHead(201).end();
    }
    const value = state.values.get(path);
    response.writeHead(value ? 200 : 404, { 'content-length': value?.length ?? 0 });
    response.end(method === 'HEAD' ? undefined : value);
  };
  const server = createServer((request, response) => {
    state.busiest = Math.max(state.busiest, ++running);
    response.on('close', () => running--);
    // A client that leaves mid-body.
    answer(request, response).catch(() => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bucket`;
  return state;
}
