/** Makes `<directory>/sample.ome.zarr` unless it is there with this size and number of channels; its path. */
export function ensureSample(
  directory: string,
  options?: {
    size?: number;
    channels?: 1 | 2;
    onProgress?: (fraction: number) => void;
    signal?: AbortSignal;
  },
): Promise<string>;
