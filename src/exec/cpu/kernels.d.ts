/** The WASM kernels as base64; scripts/kernelsPlugin.ts compiles them. */
declare module 'virtual:kernels' {
  const base64: string;
  export default base64;
}

/** The same with relaxed SIMD. */
declare module 'virtual:kernelsRelaxed' {
  const base64: string;
  export default base64;
}
