// What a page and its service worker say to each other. Types only: the script stays one file.
import type { RangeQuery } from 'zarrita';

/** From the page: who am I? Answered at the message's port by a `Welcome`. */
export interface Hello {
  readonly tilewise: 'hello';
}

export interface Welcome {
  /** URL below which the page's stores are, without a trailing slash. */
  readonly prefix: string;
}

/** From the service worker: a value is wanted. Answered at the message's port; any message to it means an abort. */
export interface ReadRequest {
  readonly tilewise: 'read';
  readonly store: string;
  readonly key: `/${string}`;
  readonly range?: RangeQuery;
  /** The value's size is all that is wanted. */
  readonly sizeOnly: boolean;
}

/** A `size`, where that is known before the value, is followed by the rest. */
export type ReadReply =
  | { readonly kind: 'size'; readonly size: number }
  | { readonly kind: 'value'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'missing' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly message: string };
