// A real browser and the demo server, for tests that drive the viewer.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright';

const SYSTEM_CHROMIUM = '/usr/bin/chromium';

/** WebGPU on the CPU (SwiftShader), and no traffic of the browser's own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** The system's Chromium, else the one Playwright installed; undefined when there is neither. */
export async function launchBrowser(): Promise<Browser | undefined> {
  const executablePath = existsSync(SYSTEM_CHROMIUM) ? SYSTEM_CHROMIUM : undefined;
  if (!executablePath && !existsSync(chromium.executablePath())) return undefined;
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

export interface DemoServer {
  /** With a trailing slash. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Runs `npm start -- --build` on a free port, with a sample of its own: files edited meanwhile reload no page. */
export async function startDemo(sampleFolder: string, size: number): Promise<DemoServer> {
  const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
  const child = spawn(
    process.execPath,
    [script, '--build', '--port', '0', '--no-open', '--sample', sampleFolder, '--size', String(size)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const url = await printedUrl(child);
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill();
      }),
  };
}

function printedUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (text: Buffer) => {
      output += text;
      const [url] = /http:\/\/\S+/.exec(output) ?? [];
      if (url) resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`the demo server ended with ${code}: ${output}`)));
  });
}
