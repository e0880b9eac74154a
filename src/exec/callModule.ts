// Calls functions that are known by module and name, on whichever thread this runs.
import type { ModuleCall } from './executor';

/** The result of a module's function. Rejects with what the import or the function throws. */
export async function callModule({ module, name, args }: ModuleCall): Promise<unknown> {
  const exports = (await import(/* @vite-ignore */ module)) as Readonly<Record<string, unknown>>;
  const fn = exports[name];
  if (typeof fn !== 'function') throw new TypeError(`${module} exports no function named "${name}"`);
  return fn(...args);
}
