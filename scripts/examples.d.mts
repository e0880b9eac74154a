import type { Server } from 'node:http';

/** The examples by their path. */
export const EXAMPLES: Readonly<
  Record<string, { readonly folder: string; readonly headers: Readonly<Record<string, string>> }>
>;

/** Builds them against dist. */
export function buildExamples(folder: string): Promise<void>;

/** Serves them, and the image that they show; on any port that is free unless one is given. */
export function serveExamples(folder: string, sample: string, port?: number): Promise<Server>;
