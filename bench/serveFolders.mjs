// A static server in a process of its own, so that its work is nobody's: `node serveFolders.mjs /path/=folder …` prints
// its port. Pages are cross-origin isolated.
import { createServer } from 'node:http';
import { staticFiles } from './pages.mjs';

const folders = process.argv.slice(2).map((argument) => {
  const [path, folder] = argument.split('=');
  return [path, staticFiles(folder)];
});

const server = createServer((request, response) => {
  const [path, serve] = folders.find(([path]) => request.url.startsWith(path)) ?? [];
  const missing = () => response.writeHead(404).end();
  if (!serve) return missing();
  request.url = `/${request.url.slice(path.length)}`;
  serve(request, response, missing);
}).listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.on('end', () => process.exit()).resume();
