// Calls functions that are known by module and name, on whichever thread this runs.
import { callFunction } from './calling';
import type { ModuleCall } from './executor';

/** The result of a module's function. Rejects with what the import or the function throws. */
export async function callModule(call: ModuleCall): Promise<unknown> {
  const { module, name, calling, blocks, info, extraArguments } = call;
  const exports = (await import(/* @vite-ignore */ module)) as Readonly<Record<string, unknown>>;
  const fn = exports[name];
  if (typeof fn !== 'function') throw new TypeError(`${module} exports no function named "${name}"`);
  return callFunction(fn as (...args: unknown[]) => unknown, calling, blocks, info, extraArguments);
}
