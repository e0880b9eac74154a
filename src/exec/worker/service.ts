// What a worker offers: tile programs and chunk decoding, over one comlink endpoint.
import type { BlockData, TileProgram, TileResult } from '../../core/program';
import type { DecodeService } from '../../io/decodeWorker';
import type { ModuleCall } from '../executor';

export interface TileService extends DecodeService {
  /** Resolves once the kernels are ready. */
  ready(): Promise<void>;
  /** Runs one tile. With `shared`, results come back in shared memory instead of by transfer. */
  run(program: TileProgram, inputs: BlockData[], shared: boolean): Promise<TileResult>;
  /** Calls a function of a module. */
  callFunction(call: ModuleCall): Promise<unknown>;
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
