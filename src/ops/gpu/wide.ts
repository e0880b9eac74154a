// The host's side of lib/wide.wgsl: integers of two or three words.

/** Two's complement 64-bit integer at word `at`. */
export const signed64 = (words: Uint32Array, at: number): bigint =>
  BigInt(words[at]) | (BigInt(words[at + 1] | 0) << 32n);

/** Unsigned 96-bit integer at word `at`. */
export const unsigned96 = (words: Uint32Array, at: number): bigint =>
  BigInt(words[at]) | (BigInt(words[at + 1]) << 32n) | (BigInt(words[at + 2]) << 64n);
