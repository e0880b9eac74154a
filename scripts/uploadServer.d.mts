import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** A request handler over a folder, for paths below where it is mounted. */
export function uploadHandler(
  folder: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Serves a folder for pages of other origins too; on any port that is free unless one is given. */
export function startUploadServer(folder: string, port?: number): Promise<Server>;
