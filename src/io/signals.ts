// Abort signals that many wait on.

/** A controller whose signal takes any number of listeners: Node warns of a leak at the eleventh. */
export function createController(): AbortController {
  const controller = new AbortController();
  globalThis.process?.getBuiltinModule?.('node:events').setMaxListeners(0, controller.signal);
  return controller;
}
