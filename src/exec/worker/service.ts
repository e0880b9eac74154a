// What a worker offers: tile programs and chunk decoding, over one comlink endpoint.
import type { TileProgram, TileResult } from '../../core/program';
import type { PlacedArray } from '../../core/region';
import type { DecodeService } from '../../io/decodeWorker';
import type { ModuleCall } from '../executor';

export interface TileService extends DecodeService {
  /** Resolves once the kernels are ready. */
  ready(): Promise<void>;
  /** Runs one tile; arrays that were transferred come back. */
  run(request: TileRequest): Promise<TileReply>;
  /** Calls a function of a module. */
  callFunction(call: ModuleCall): Promise<unknown>;
}

export interface TileRequest {
  readonly program: TileProgram;
  readonly inputs: readonly PlacedArray[];
  /** Where the outputs go; none: they are returned. */
  readonly targets: readonly PlacedArray[];
  /** Shared memory that becomes 1 when nobody wants the result any more. */
  readonly aborted?: Int32Array;
}

export interface TileReply extends TileResult {
  /** The inputs and targets that were transferred. */
  readonly returned: readonly PlacedArray[];
}

/** The buffers inside plain data, for a transfer list. */
export function buffersOf(value: unknown, found: ArrayBuffer[] = []): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer && !found.includes(value.buffer)) found.push(value.buffer);
  } else if (Array.isArray(value)) {
    for (const item of value) buffersOf(item, found);
  } else if (value !== null && typeof value === 'object') {
    for (const item of Object.values(value)) buffersOf(item, found);
  }
  return found;
}
