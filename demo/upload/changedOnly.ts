// Uploads only what the server does not have: a value's checksum is compared before the value is sent.
import { type UploadStore, uploadStore } from 'tilewise';

/** What went over the network, and what did not have to. */
export interface Traffic {
  sent: number;
  bytes: number;
  unchanged: number;
}

/**
 * A store at a URL whose server tells a value's SHA-256 (`repr-digest`, RFC 9530).
 * @param report called whenever the traffic changes
 */
export function changedOnly(url: string, traffic: Traffic, report: () => void): UploadStore {
  const store = uploadStore(url);
  return {
    ...store,
    async set(key, value) {
      const same = (await digestThere(`${url}${key}`)) === (await digestOf(value));
      if (same) traffic.unchanged++;
      else {
        await store.set(key, value);
        traffic.sent++;
        traffic.bytes += value.length;
      }
      report();
    },
  };
}

/** Undefined where nothing is, or where the server cannot tell: then the value is sent. */
async function digestThere(url: string): Promise<string | undefined> {
  const response = await fetch(url, { method: 'HEAD' }).catch(() => undefined);
  return response?.headers.get('repr-digest') ?? undefined;
}

async function digestOf(value: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', value as Uint8Array<ArrayBuffer>));
  return `sha-256=:${btoa(String.fromCharCode(...digest))}:`;
}
