// What an application may want to know of the executors' troubles; results are never affected.

export interface ExecutorEvent {
  /** `retry`: a tile runs again; `fallback`: from now on, or for this tile, another executor does the work. */
  readonly kind: 'retry' | 'fallback';
  readonly message: string;
  readonly cause: unknown;
}

const listeners = new Set<(event: ExecutorEvent) => void>();

/** Calls `listener` when a device or worker fails and its tiles run again elsewhere. Returns the way to stop. */
export function onExecutorEvent(listener: (event: ExecutorEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function emitExecutorEvent(event: ExecutorEvent): void {
  for (const listener of listeners) listener(event);
}
