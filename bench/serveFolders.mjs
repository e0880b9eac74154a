// A static server in a process of its own, so that its work is nobody's: `node serveFolders.mjs /path/=folder …` prints
// its port, and the processor seconds it has taken when asked. Pages are cross-origin isolated. With `--link <megabits>`
// bodies pass at that rate, all together.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { staticFiles } from './pages.mjs';
import { cpuSeconds, serve } from './partner.mjs';
import { slowLink } from './slowLink.mjs';

const { values, positionals } = parseArgs({
  options: { link: { type: 'string' } },
  allowPositionals: true,
});
const folders = positionals.map((argument) => {
  const [path, folder] = argument.split('=');
  return [path, staticFiles(folder)];
});
const link = values.link && slowLink(Number(values.link));

const server = createServer((request, response) => {
  const [path, answer] = folders.find(([path]) => request.url.startsWith(path)) ?? [];
  const missing = () => response.writeHead(404).end();
  if (!answer) return missing();
  request.url = `/${request.url.slice(path.length)}`;
  link?.(response);
  answer(request, response, missing);
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
await serve({ port: server.address().port }, () => ({ cpu: cpuSeconds() }));
process.exit();
