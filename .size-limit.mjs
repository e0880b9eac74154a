// Size budgets of the package, checked before the tests: `npm run size`.

/** Loaded on demand: a GPU's executor with its shaders, kernels on the calling thread, decoders. */
const ON_DEMAND = [
  '*/cpu/inline.js',
  '*/webgpu/executor.js',
  'geotiff',
  '@uwdata/flechette',
  'fast-png',
  'client-zip',
  '@zip.js/zip.js',
  'numcodecs',
  '*/_virtual_zstd.js',
];

const budget = (name, limit, rest) => ({
  name,
  limit,
  gzip: true,
  ignore: ON_DEMAND,
  modifyEsbuildConfig: (config) => ({ ...config, format: 'esm' }),
  ...rest,
});

export default [
  budget('gaussianFilter and fromArray, without WASM', '40 kB', {
    path: 'dist/index.js',
    import: '{ gaussianFilter, fromArray }',
  }),
  budget('all of tilewise, without WASM', '180 kB', { path: 'dist/index.js', import: '*' }),
  budget('WASM kernels, as base64', '150 kB', { path: 'dist/_virtual/_virtual_kernels.js' }),
  budget('WASM kernels with relaxed SIMD, in place of these', '150 kB', {
    path: 'dist/_virtual/_virtual_kernelsRelaxed.js',
  }),
];
