// The image that pages write, the same in Node.
export const SHAPE = [256, 320] as const;
export const WRITE = { chunks: [64, 64], levels: 3 };

export const pixels = (): Uint16Array =>
  Uint16Array.from({ length: SHAPE[0] * SHAPE[1] }, (_, i) => (i * 7919) % 65536);
