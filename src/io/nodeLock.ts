// One writing process at a time for a directory, by a file that names it.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { LockedError, WriteError } from '../core/errors';
import type { Release } from './targetLock';

const NAME = '.tilewise.lock';

interface Owner {
  readonly host: string;
  readonly process: number;
  /** When the process started, in seconds: numbers of processes are used again. */
  readonly started: number;
}

const self = (): Owner => ({
  host: hostname(),
  process: process.pid,
  started: Math.round(Date.now() / 1000 - process.uptime()),
});

/**
 * Takes the lock of a directory, which is made where it is missing. A lock whose process on this machine is gone counts for
 * nothing. Throws LockedError while another process, or another call of this one, has it; WriteError when the file system
 * fails.
 */
export async function lockDirectory(directory: string): Promise<Release> {
  const file = join(directory, NAME);
  try {
    await mkdir(directory, { recursive: true });
    while (!(await create(file))) {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      // Gone in the meantime.
      if (text === undefined) continue;
      const owner = parse(text);
      if (!owner || isAlive(owner)) throw new LockedError(directory, refusal(owner, file));
      await takeAway(file, text);
    }
  } catch (cause) {
    if (cause instanceof WriteError) throw cause;
    throw new WriteError(file, (cause as Error).message, { cause });
  }
  return () => rm(file, { force: true }).catch(() => {});
}

async function create(file: string): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(self()), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock that said `text`, but not one that somebody else has put there since. */
async function takeAway(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) === text) await rm(aside, { force: true });
  else await rename(aside, file);
}

/** Undefined for a file that is being written, or is none of ours. */
function parse(text: string): Owner | undefined {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  const own = self();
  if (owner.host !== own.host) return true;
  if (owner.process === own.process) return Math.abs(owner.started - own.started) <= 2;
  try {
    process.kill(owner.process, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function refusal(owner: Owner | undefined, file: string): string {
  const who = !owner
    ? 'another process'
    : owner.process === process.pid && owner.host === hostname()
      ? 'another call of this process'
      : `process ${owner.process} on ${owner.host}`;
  return `is being written by ${who} (if that is not so, remove ${file})`;
}
