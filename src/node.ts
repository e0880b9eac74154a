/**
 * For Node only: Zarr on the file system.
 *
 * @example
 * {@includeCode ../docs/examples/node.mjs}
 *
 * @module node
 */
export { NodeStore, openLocation } from './io/nodeStore';
export type { LockableStore } from './io/targetLock';
