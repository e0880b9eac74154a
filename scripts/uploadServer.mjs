#!/usr/bin/env node
// A small server that takes PUT, for demo/upload: values go to files, whole or not at all, with their checksum.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const digestOf = (bytes) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

/**
 * A request handler over a folder, for paths below where it is mounted. HEAD and GET tell a value's `repr-digest`
 * (RFC 9530); PUT checks its `content-digest`.
 */
export function uploadHandler(folder) {
  const root = resolve(folder);
  return async (request, response) => {
    const send = (status, headers = {}, body = undefined) => {
      response.writeHead(status, headers);
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    try {
      const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
      const file = join(root, path);
      if (!file.startsWith(root + sep)) return send(400, {}, 'no such path');
      if (request.method === 'PUT') return send(...(await put(file, request)));
      if (request.method !== 'GET' && request.method !== 'HEAD') return send(405);
      const value = await readFile(file).catch(() => undefined);
      if (!value) return send(404, {}, 'not found');
      const headers = {
        'content-length': value.length,
        'repr-digest': digestOf(value),
        'cache-control': 'no-store',
      };
      const [, start, stop] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      if (!start) return send(200, headers, value);
      const part = value.subarray(Number(start), Number(stop) + 1);
      const range = `bytes ${start}-${Number(start) + part.length - 1}/${value.length}`;
      send(206, { ...headers, 'content-length': part.length, 'content-range': range }, part);
    } catch (error) {
      send(500, {}, error.message);
    }
  };
}

async function put(file, request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const value = Buffer.concat(parts);
  const digest = digestOf(value);
  const claimed = request.headers['content-digest'];
  if (claimed && claimed !== digest) return [400, {}, 'the content does not have the digest it came with'];
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${randomUUID()}`;
  try {
    await writeFile(partial, value);
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
  return [204, { 'repr-digest': digest }];
}

/** Serves a folder for pages of other origins too. */
export async function startUploadServer(folder, port = 0) {
  const handle = uploadHandler(folder);
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-methods', 'GET, HEAD, PUT');
    response.setHeader('access-control-allow-headers', '*');
    response.setHeader('access-control-expose-headers', 'repr-digest, content-range');
    if (request.method === 'OPTIONS') response.writeHead(204).end();
    else handle(request, response);
  });
  await new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, 'localhost', done);
  });
  return server;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string', default: '5180' } },
  });
  const folder = positionals[0] ?? '.cache/uploads';
  await startUploadServer(folder, Number(values.port));
  console.log(`Takes uploads at http://localhost:${values.port}/ into ${folder}  (Ctrl+C ends it)`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  main().catch((error) => {
    console.error(`upload-server: ${error.message}`);
    process.exitCode = 1;
  });
