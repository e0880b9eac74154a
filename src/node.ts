// For Node only: Zarr on the file system.
export { NodeStore, openLocation } from './io/nodeStore';
