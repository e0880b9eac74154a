import type * as tilewise from '../src/index';

interface Cost {
  readonly bytes: number;
  readonly dispatches: number;
}

export const GPU_OPERATIONS: Readonly<
  Record<
    string,
    {
      make(
        t: typeof tilewise,
        images: Readonly<Record<'float32' | 'uint8' | 'uint16' | 'bool', tilewise.LazyArray>>,
      ): tilewise.LazyArray;
      readonly ideal: Cost;
      readonly most: Cost;
    }
  >
>;
