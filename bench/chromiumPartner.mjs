// Tilewise in Chromium, for rows.mjs: `node chromiumPartner.mjs <workers>` answers as tilewisePartner.mjs does, from a
// cross-origin isolated page that is built from dist/.
import { createReadStream, createWriteStream } from 'node:fs';
import { createServer } from 'node:http';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { chromium } from 'playwright';
import { browserOptions } from '../scripts/browserOptions.mjs';
import { buildPage, isolate, staticFiles } from './pages.mjs';
import { serve } from './partner.mjs';

let arrayFolder = '';
let resultFile = '';
const pages = staticFiles(await buildPage('page'));
const server = createServer(async (request, response) => {
  if (request.url.startsWith('/arrays/')) {
    isolate(response);
    await pipeline(createReadStream(`${arrayFolder}/${basename(request.url)}`), response);
  } else if (request.method === 'PUT') {
    await pipeline(request, createWriteStream(resultFile));
    response.end();
  } else pages(request, response);
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));

const browser = await chromium.launch(browserOptions());
const page = await browser.newPage();
await page.goto(`http://localhost:${server.address().port}/`);
await page.waitForFunction(() => 'bench' in globalThis);
const workers = Number(process.argv[2]);
await page.evaluate((n) => globalThis.bench.start(n), workers);

async function reply({ load, ...request }) {
  if (!load) {
    resultFile = request.save ?? '';
    return page.evaluate((asked) => globalThis.bench.run(asked), request);
  }
  arrayFolder = dirname(load.file);
  await page.evaluate((array) => globalThis.bench.load(array), {
    ...load,
    url: `/arrays/${basename(load.file)}`,
  });
  return {};
}

await serve({ version: browser.version() }, reply);
await browser.close();
server.close();
