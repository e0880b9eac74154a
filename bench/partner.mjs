// Processes that run benchmarks on request: one line of JSON asks, one line answers. Each keeps its own warm engine, so
// that libraries (and numbers of workers) can take turns in one run.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const PYTHON = process.env.TILEWISE_PYTHON ?? '/usr/bin/python3';

/** Processor seconds that this process has taken, all its threads. */
export function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Starts a script beside this one; undefined where it cannot run here. The first answer says its `version`. */
export async function startPartner(script, ...args) {
  const command = script.endsWith('.py') ? PYTHON : process.execPath;
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(command, [path, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints = `${complaints}${data}`.slice(-2000);
  });
  child.on('error', () => {});
  const gone = new Promise((resolve) => child.on('exit', resolve));
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    return done ? undefined : JSON.parse(value);
  };
  const hello = await next();
  if (!hello) return undefined;
  return {
    ...hello,
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = await next();
      if (!answer) {
        await gone;
        throw new Error(`${script} died of ${JSON.stringify(request)}: ${complaints}`);
      }
      if (answer.error) throw new Error(`${script}: ${answer.error}`);
      return answer;
    },
    hasDied: () => child.exitCode !== null || child.signalCode !== null,
    stop: () => child.stdin.end(),
  };
}

/** The other side, in JavaScript: greets, then answers each request by `reply`. */
export async function serve(hello, reply) {
  const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
  answer(hello);
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      answer(await reply(JSON.parse(line)));
    } catch (error) {
      answer({ error: error instanceof Error ? error.stack : String(error) });
    }
  }
}
