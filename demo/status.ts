// What the user is told: state of the work, progress, errors.
import { executorInfo, isTilewiseError, onExecutorEvent } from 'tilewise';
import { byId, h } from './dom';

export type State = 'idle' | 'processing' | 'done' | 'cancelled' | 'error';

const HEADINGS: Readonly<Record<string, string>> = {
  NotFoundError: 'Nothing is there',
  NetworkError: 'The data could not be fetched',
  FormatError: 'Not a readable OME-Zarr image',
  CodecError: 'A chunk could not be decoded',
  ArgumentError: 'That cannot be used',
  RegionError: 'That is outside the image',
  DeviceError: 'No such device',
  WorkerError: 'A worker failed',
};

export function setStatus(state: State, text: string): void {
  const status = byId('status');
  status.dataset.state = state;
  // Only changes are announced.
  if (status.textContent !== text) status.textContent = text;
}

/** Shows an error until it is dismissed; the application stays usable. */
export function showError(error: unknown, context: string): void {
  const panel = byId('error');
  const heading = (isTilewiseError(error) && HEADINGS[error.name]) || 'Something went wrong';
  const close = h('button', { type: 'button', class: 'quiet', 'aria-label': 'Dismiss error' }, '✕');
  close.addEventListener('click', clearError);
  const message = error instanceof Error ? error.message : String(error);
  panel.replaceChildren(h('div', {}, h('strong', {}, heading), h('p', {}, `${context}: ${message}`)), close);
  panel.hidden = false;
}

export function clearError(): void {
  byId('error').hidden = true;
}

export const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError';

/** Keeps the executor's line up to date, fallbacks included. */
export async function showExecutor(): Promise<void> {
  const line = byId('executor');
  const describe = async () => {
    const { name, reason } = await executorInfo();
    line.dataset.executor = name;
    line.replaceChildren(h('strong', {}, name.toUpperCase()), ` ${reason}`);
    line.title = reason;
  };
  onExecutorEvent(({ kind, message }) => {
    if (kind === 'fallback') line.title = message;
    describe().catch(() => {});
  });
  await describe();
}
