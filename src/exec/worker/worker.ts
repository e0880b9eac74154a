// The worker's entry: the same module runs in a browser Worker and in a worker of node:worker_threads.
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { TypedArray } from '../../core/dtype';
import type { BlockData, TileProgram, TileResult } from '../../core/program';
import { createDecodeService } from '../../io/decodeWorker';
import { loadOperations } from '../../ops/registry';
import { callModule } from '../callModule';
import { CpuEngine } from '../cpu/engine';
import type { ModuleCall } from '../executor';
import { buffersOf, type TileService } from './service';

loadOperations();
const engine = CpuEngine.create();

const service: TileService = {
  ...createDecodeService(),
  async ready() {
    await engine;
  },
  async run(program: TileProgram, inputs: BlockData[], shared: boolean): Promise<TileResult> {
    const result = (await engine).run(program, inputs);
    const outputs = shared ? result.outputs.map(toShared) : result.outputs;
    return Comlink.transfer({ outputs, partials: result.partials }, buffersOf([outputs, result.partials]));
  },
  async callFunction(call: ModuleCall): Promise<unknown> {
    const result = await callModule(call);
    const buffers = buffersOf(result);
    return buffers.length > 0 ? Comlink.transfer(result as object, buffers) : result;
  },
};

function toShared(data: TypedArray): TypedArray {
  const Constructor = data.constructor as new (buffer: SharedArrayBuffer) => Uint8Array;
  const copy = new Constructor(new SharedArrayBuffer(data.byteLength));
  copy.set(data as Uint8Array);
  return copy;
}

const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
if (threads?.parentPort) Comlink.expose(service, nodeEndpoint(threads.parentPort as never));
else Comlink.expose(service);
