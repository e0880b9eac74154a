// A large image without its disk space: an OME-Zarr whose full resolution repeats that of a smaller one, chunk by chunk.
const SHAPE_KEY = /\/0\/zarr\.json$/;
const CHUNK_KEY = /^(.*\/0\/c\/)([\d/]+)$/;

/** A readable store over `store` (v3, one array at /0 with whole chunks) in which y and x are `times` as long. */
export async function tiledStore(store, times) {
  const document = JSON.parse(new TextDecoder().decode(await store.get('/0/zarr.json')));
  const { shape, chunk_grid: grid } = document;
  const counts = shape.map((n, axis) => n / grid.configuration.chunk_shape[axis]);
  if (!counts.every(Number.isInteger)) throw new Error('only whole chunks can be repeated');
  document.shape = shape.map((n, axis) => (axis >= shape.length - 2 ? n * times : n));
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  return {
    get(key, options) {
      if (SHAPE_KEY.test(key)) return Promise.resolve(bytes);
      const [, prefix, index] = CHUNK_KEY.exec(key) ?? [];
      if (!prefix) return store.get(key, options);
      const repeated = index.split('/').map((i, axis) => Number(i) % counts[axis]);
      return store.get(`${prefix}${repeated.join('/')}`, options);
    },
  };
}
