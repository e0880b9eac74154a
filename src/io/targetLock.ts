// One writer at a time: two would mix their chunks.
import { LockedError } from '../core/errors';
import { absolutePath } from './metadata';
import type { WritableStore } from './writeZarr';

/** Lets go of a lock; never rejects. */
export type Release = () => Promise<void>;

/** A store that can be locked against other pages and processes. */
export interface LockableStore {
  /** Takes the lock of what is below a path. @throws LockedError when somebody else has it */
  lock(path: string): Promise<() => Promise<void>>;
}

const held = new WeakMap<object, Set<string>>();

/**
 * Takes the right to write what is at a path of the store: from other calls on this store object, and, where the store can
 * tell, from other pages and processes. Throws LockedError when somebody else has it.
 */
export async function lockTarget(store: WritableStore, path = ''): Promise<Release> {
  const key = absolutePath(path);
  const paths = held.get(store) ?? new Set<string>();
  held.set(store, paths);
  if (paths.has(key)) throw new LockedError(key, 'is being written by another call');
  paths.add(key);
  try {
    const release = 'lock' in store ? await (store as unknown as LockableStore).lock(key) : undefined;
    return async () => {
      await release?.();
      paths.delete(key);
    };
  } catch (error) {
    paths.delete(key);
    throw error;
  }
}

/** Runs `work` while the target is locked. Throws LockedError, and as `work` does. */
export async function withLock<T>(
  store: WritableStore,
  path: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const release = await lockTarget(store, path);
  try {
    return await work();
  } finally {
    await release();
  }
}
