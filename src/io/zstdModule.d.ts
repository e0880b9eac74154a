/** libzstd, built by scripts/zstdPlugin.ts. Pointers and sizes are numbers, errors negative ones. */
declare module 'virtual:zstd' {
  /** The WASM module, base64. */
  export const wasm: string;
  export const Module: ZstdModule;

  export interface ZstdModule {
    readonly HEAPU8: Uint8Array<ArrayBuffer>;
    instantiateWasm?(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void): object;
    onRuntimeInitialized?(): void;
    init(): void;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _ZSTD_isError(code: number): number;
    _ZSTD_compressBound(bytes: number): number;
    _ZSTD_createCCtx(): number;
    _ZSTD_createDCtx(): number;
    _ZSTD_getFrameContentSize(source: number, bytes: number): number;
    _ZSTD_compress_usingDict(
      context: number,
      target: number,
      capacity: number,
      source: number,
      bytes: number,
      dictionary: number,
      dictionaryBytes: number,
      level: number,
    ): number;
    _ZSTD_decompress_usingDict(
      context: number,
      target: number,
      capacity: number,
      source: number,
      bytes: number,
      dictionary: number,
      dictionaryBytes: number,
    ): number;
  }
}
