// Locks between the tabs and workers of a site, where there are any.
import { LockedError } from '../core/errors';
import type { Release } from './targetLock';

/** Takes the Web Lock `name`; a tab that is closed lets go of it. Throws LockedError, naming `key`, when it is taken. */
export async function webLock(name: string, key: string): Promise<Release> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (!locks) return async () => {};
  return new Promise((resolve, reject) => {
    const held = locks.request(name, { ifAvailable: true }, async (lock) => {
      if (!lock) throw new LockedError(key, 'is being written by another tab or worker');
      await new Promise<void>((letGo) => {
        resolve(async () => {
          letGo();
          await held;
        });
      });
    });
    held.catch(reject);
  });
}
