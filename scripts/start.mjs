#!/usr/bin/env node
// Starts the demo viewer on the sample image: `npm start`.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sirv from 'sirv';
import { build, createServer, preview } from 'vite';
import { ensureSample } from './sample.mjs';
import { uploadHandler } from './uploadServer.mjs';

// The shared configuration is TypeScript of a bundler's kind; a note that Vite may one day need otherwise is no help here.
process.env.VITE_CONFIG_NATIVE_IGNORE_WARNING = 'true';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CONFIG = join(ROOT, 'demo', 'vite.config.ts');
const PORT = 5173;

const USAGE = `Usage: npm start -- [options]
  --port <n>         port to listen on (default: ${PORT}, or the next one that is free)
  --no-open          do not open a browser
  --build            serve a production build instead of the sources
  --sample <folder>  where the sample image is kept (default: .cache/sample)
  --uploads <folder> where uploads of the page upload/ go (default: .cache/uploads)
  --size <n>         sample width and height in pixels (default: 4096)`;

function readOptions() {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      port: { type: 'string' },
      open: { type: 'boolean', default: Boolean(process.stdout.isTTY) && !process.env.CI },
      build: { type: 'boolean', default: false },
      sample: { type: 'string', default: join(ROOT, '.cache', 'sample') },
      uploads: { type: 'string', default: join(ROOT, '.cache', 'uploads') },
      size: { type: 'string', default: '4096' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65536))
    throw new Error(`--port: expected a number from 0 to 65535, received "${values.port}"`);
  return {
    ...values,
    port,
    size: Number(values.size),
    sample: resolve(values.sample),
    uploads: resolve(values.uploads),
  };
}

/** Serves the sample; what it does not have is a 404, never the page (a missing chunk means "all fill value"). */
function samplePlugin(path) {
  const files = sirv(path, { dev: true, dotfiles: false, etag: true });
  const serve = ({ middlewares }) => {
    middlewares.use('/sample.ome.zarr', (request, response) => {
      response.setHeader('access-control-allow-origin', '*');
      files(request, response, () => {
        response.statusCode = 404;
        response.end('not found');
      });
    });
  };
  return { name: 'tilewise-sample', configureServer: serve, configurePreviewServer: serve };
}

/** Takes what demo/upload sends. */
function uploadsPlugin(folder) {
  const handle = uploadHandler(folder);
  const serve = ({ middlewares }) => {
    middlewares.use('/uploads', handle);
  };
  return { name: 'tilewise-uploads', configureServer: serve, configurePreviewServer: serve };
}

/** Makes the sample if it is missing, saying how far it is. */
async function sample(directory, size) {
  const terminal = process.stderr.isTTY;
  let shown = -1;
  const onProgress = (fraction) => {
    const percent = Math.floor(fraction * 100);
    // A log gets every tenth percent only.
    if (percent === shown || (!terminal && percent % 10)) return;
    shown = percent;
    const line = `Making the ${size} x ${size} sample image: ${percent}%`;
    process.stderr.write(terminal ? `\r${line}${percent === 100 ? '\n' : ''}` : `${line}\n`);
  };
  return ensureSample(directory, { size, onProgress });
}

async function main() {
  const options = readOptions();
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const path = await sample(options.sample, options.size);
  const config = {
    configFile: CONFIG,
    plugins: [samplePlugin(path), uploadsPlugin(options.uploads)],
    clearScreen: false,
    logLevel: 'warn',
  };
  const listen = {
    host: '127.0.0.1',
    port: options.port ?? PORT,
    strictPort: options.port !== undefined && options.port !== 0,
    open: options.open,
  };
  let server;
  if (options.build) {
    await build(config);
    server = await preview({ ...config, preview: listen });
  } else {
    server = await createServer({ ...config, server: listen });
    await server.listen();
  }
  const { port } = server.httpServer.address();
  console.log(`Tilewise viewer: http://localhost:${port}/  (Ctrl+C ends it)`);
  console.log(`Prepare and upload: http://localhost:${port}/upload/`);
}

main().catch((error) => {
  console.error(`start: ${error.message.split('\n')[0]}`);
  process.exit(1);
});
