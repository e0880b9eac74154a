// Uploads that have not ended, remembered in IndexedDB while the page is closed.
import { del, get, set } from 'idb-keyval';
import type { FileMark } from './files';
import type { Preparation } from './prepare';

export interface Job {
  readonly name: string;
  readonly server: string;
  readonly preparation: Preparation;
  readonly files: readonly FileMark[];
  readonly handles?: readonly FileSystemHandle[];
  /** Share of the work that was done, from 0 to 1. */
  readonly done: number;
}

const KEY = 'tilewise-upload';

export const rememberJob = (job: Job): Promise<void> => set(KEY, job);

export const rememberedJob = (): Promise<Job | undefined> => get(KEY);

export const forgetJob = (): Promise<void> => del(KEY);

/** Whether what is on the server already is of the same data, so that the upload may go on where it stopped. */
export const sameWork = (a: Job, b: Omit<Job, 'done'>): boolean => workOf(a) === workOf(b);

const workOf = ({ name, server, preparation, files }: Omit<Job, 'done'>): string =>
  JSON.stringify([name, server, preparation, files]);
