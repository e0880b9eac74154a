// The worker's entry: the same module runs in a browser Worker and in a worker of node:worker_threads.
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { createDecodeService } from '../../io/decodeWorker';
import { loadOperations } from '../../ops/registry';
import { callModule } from '../callModule';
import { CpuEngine } from '../cpu/engine';
import type { ModuleCall } from '../executor';
import { buffersOf, type TileReply, type TileRequest, type TileService } from './service';

loadOperations();
const engine = CpuEngine.create();

const service: TileService = {
  ...createDecodeService(),
  async ready() {
    await engine;
  },
  async run({ program, inputs, targets, aborted }: TileRequest): Promise<TileReply> {
    const dropped = aborted !== undefined && Atomics.load(aborted, 0) === 1;
    const result = dropped ? { outputs: [], partials: [] } : (await engine).run(program, inputs, targets);
    const returned = [...inputs, ...targets].filter(({ data }) => data.buffer instanceof ArrayBuffer);
    const reply = { ...result, returned };
    return Comlink.transfer(reply, buffersOf(reply));
  },
  async callFunction(call: ModuleCall): Promise<unknown> {
    const result = await callModule(call);
    const buffers = buffersOf(result);
    return buffers.length > 0 ? Comlink.transfer(result as object, buffers) : result;
  },
};

const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
if (threads?.parentPort) Comlink.expose(service, nodeEndpoint(threads.parentPort as never));
else Comlink.expose(service);
