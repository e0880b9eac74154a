// What can go wrong on a GPU. Callers re-run the tile on another device; see docs/architecture.md.
import { DeviceError } from '../../core/errors';

/** The device went away (driver reset, removal, `destroy()`); the tile is intact and can run again. */
export class DeviceLostError extends DeviceError {}

/** The device has no memory for the tile, even after the pool was emptied. */
export class OutOfMemoryError extends DeviceError {}
