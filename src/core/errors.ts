// Typed errors. Every message names the argument (or the array's key), what was received, and what is accepted.

export type TilewiseErrorName =
  | 'ArgumentError'
  | 'RegionError'
  | 'SourceError'
  | 'NotFoundError'
  | 'NetworkError'
  | 'FormatError'
  | 'CodecError'
  | 'DeviceError'
  | 'WorkerError'
  | 'WriteError'
  | 'IncompleteError'
  | 'LockedError'
  | 'FunctionError';

/** Base class of every error Tilewise throws on purpose. */
export class TilewiseError extends Error {
  // Spelled out in every class: minifiers rename classes, and callers tell errors apart by name.
  override readonly name: string = 'TilewiseError';
}

/** An argument that no operation can accept. */
export class ArgumentError extends TilewiseError {
  override readonly name: string = 'ArgumentError';

  constructor(
    readonly argument: string,
    readonly received: unknown,
    readonly accepted: string,
  ) {
    super(`${argument}: expected ${accepted}, received ${describe(received)}`);
  }
}

/** A region, index or chunk outside the array. */
export class RegionError extends ArgumentError {
  override readonly name: string = 'RegionError';
}

/** Data could not be read. `key` names the array, chunk or URL. */
export class SourceError extends TilewiseError {
  override readonly name: string = 'SourceError';

  constructor(
    readonly key: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${key}: ${message}`, options);
  }
}

/** Nothing exists at the key or URL. */
export class NotFoundError extends SourceError {
  override readonly name: string = 'NotFoundError';
}

/** The server could not be reached, refused (CORS included) or failed, after retries. */
export class NetworkError extends SourceError {
  override readonly name: string = 'NetworkError';
}

/** Metadata that is not a readable Zarr or OME-Zarr. */
export class FormatError extends SourceError {
  override readonly name: string = 'FormatError';
}

/** A chunk that is truncated, corrupt or uses a codec that is not supported. */
export class CodecError extends SourceError {
  override readonly name: string = 'CodecError';
}

/** Data could not be written. */
export class WriteError extends SourceError {
  override readonly name: string = 'WriteError';
}

/** Part of an array that was not written, and why. */
export interface WriteFailure {
  readonly region: readonly (readonly [start: number, stop: number])[];
  /** Of a source: names the array or chunk that could not be read. */
  readonly error: SourceError;
}

/** Some chunks could not be computed since their sources could not be read; all others are written. */
export class IncompleteError extends WriteError {
  override readonly name: string = 'IncompleteError';

  constructor(
    key: string,
    readonly failures: readonly WriteFailure[],
  ) {
    const reasons = [...new Set(failures.map(({ error }) => error.message))];
    const more = reasons.length > 3 ? `; and ${reasons.length - 3} more` : '';
    const chunks = failures.length === 1 ? '1 chunk' : `${failures.length} chunks`;
    super(
      key,
      `${chunks} could not be computed, all others are written: ${reasons.slice(0, 3).join('; ')}${more}`,
      { cause: failures[0]?.error },
    );
  }
}

/** Another call, page or process is writing the same target. */
export class LockedError extends WriteError {
  override readonly name: string = 'LockedError';
}

/** A function of the application's failed, or returned what it must not; what it threw is the `cause`. */
export class FunctionError extends TilewiseError {
  override readonly name: string = 'FunctionError';
}

/** No usable device, or a device that failed for good. */
export class DeviceError extends TilewiseError {
  override readonly name: string = 'DeviceError';
}

/** A worker that could not start, or failed for good. */
export class WorkerError extends TilewiseError {
  override readonly name: string = 'WorkerError';
}

/** Whether `error` is a Tilewise error, optionally of one kind: `isTilewiseError(e, 'NetworkError')`. */
export function isTilewiseError(error: unknown, name?: TilewiseErrorName): error is TilewiseError {
  return error instanceof TilewiseError && (name === undefined || error.name === name);
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (Array.isArray(value)) return `[${value.map(describe).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const name = value.constructor?.name ?? 'object';
    if (name !== 'Object') return name;
    return JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : v));
  }
  return String(value);
}
