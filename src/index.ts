/**
 * Lazy, chunked n-D images: opening, computing and writing them, functions of your own over their blocks, pipelines,
 * and all names of the dask-image modules, one by one and as namespaces.
 *
 * @example
 * {@includeCode ../docs/examples/index.mjs}
 *
 * @module index
 */
export { concatenate, fromArray, openZarr, stack, where } from './arrays';
export {
  type BatchFailure,
  type BatchInput,
  type BatchPipeline,
  type BatchResult,
  type BatchSource,
  type BatchSummary,
  type ForEachImageOptions,
  forEachImage,
} from './batch';
export { type BatchRecord, BatchTable } from './batchTable';
export { BOUNDARY_MODES, type BoundaryMode } from './core/boundary';
export { type Complex, DTYPES, type DType, type Scalar, type TypedArray } from './core/dtype';
export {
  ArgumentError,
  CodecError,
  DeviceError,
  FormatError,
  FunctionError,
  IncompleteError,
  isTilewiseError,
  LockedError,
  NetworkError,
  NotFoundError,
  RegionError,
  SourceError,
  TilewiseError,
  type TilewiseErrorName,
  WorkerError,
  WriteError,
  type WriteFailure,
} from './core/errors';
export type { GraphNode, Params, ParamValue } from './core/graph';
export type { Interval, PlacedArray, Region, Shape } from './core/region';
export type { InPlaceMemory, ReadOptions, Source } from './core/source';
export { disposeExecutors } from './exec/devices';
export { type ExecutorEvent, onExecutorEvent } from './exec/events';
export type { ExecutorStats } from './exec/executor';
export { clearResults } from './exec/globals';
export { type ExecutorInfo, executorInfo } from './exec/info';
export type { ComputeOptions, OutputOptions, Progress } from './exec/options';
export { type AnyWorker, configure, type DeviceChoice, type Settings } from './exec/settings';
export type { AnyFunction, FunctionModule, WgslFunction } from './functions';
export { type GPUTextureOptions, toGPUTexture } from './gpuTexture';
export {
  deserializeGraph,
  type Json,
  type SerializedGraph,
  type SerializedNode,
  serializeGraph,
} from './graphJson';
export { type FileLocation, type ImageLocation, type ImreadOptions, imread } from './imread';
export {
  type DirectoryStore,
  directoryStore,
  type WritableDirectoryHandle,
  type WritableFile,
  type WritableFileHandle,
} from './io/directoryStore';
export type { MemoryData, MemoryOptions } from './io/memory';
export type { OpenZarrOptions } from './io/openZarr';
export { type ReferenceOptions, storeFromReferences } from './io/referenceStore';
export type { RetryOptions } from './io/retry';
export {
  type DirectoryHandle,
  type PathFile,
  type RangeStore,
  storeFromDirectoryHandle,
  storeFromFiles,
  type ZarrLocation,
} from './io/stores';
export type { LockableStore } from './io/targetLock';
export { type SignedRequest, type UploadOptions, type UploadStore, uploadStore } from './io/uploadStore';
export { type ZipStore, zipStore } from './io/zipStore';
export {
  fromSource,
  LazyArray,
  type NDArray,
  type NDBlock,
  type Operand,
  type ReductionOptions,
  type RegionLike,
  type Selection,
  type Selector,
} from './lazyArray';
export {
  type Block,
  type BlockFunction,
  type BlockInfo,
  type BlocksFunction,
  type MapBlocksOptions,
  type MapOverlapOptions,
  mapBlocks,
  mapOverlap,
  type OverlapBoundary,
} from './mapBlocks';
export { MultiscaleImage } from './multiscaleImage';
export * from './ndfilters';
export * as ndfilters from './ndfilters';
export * from './ndfourier';
export * as ndfourier from './ndfourier';
export * from './ndinterp';
export * as ndinterp from './ndinterp';
export * from './ndmeasure';
export * as ndmeasure from './ndmeasure';
export * as ndmorph from './ndmorph';
export * from './ndmorph';
export {
  OmePlate,
  OmeWell,
  openPlate,
  type PlateAcquisition,
  type PlateField,
  type WellField,
  type WellPlace,
} from './omePlate';
export { type OmeAxis, type OmeChannel, OmeZarrImage, openOmeZarr } from './omeZarr';
export {
  type Display,
  type Layer,
  type PictureOptions,
  type Pixels,
  toImageBitmap,
  toImageData,
  toPixels,
  toPng,
} from './picture';
export {
  type Pipeline,
  type PipelineResult,
  type PipelineStep,
  type PipelineValue,
  parsePipeline,
  runPipeline,
} from './pipeline';
export { type OpenTiffOptions, openTiff, TiffImage } from './tiff';
export { type ToTiffOptions, toTiff } from './toTiff';
export {
  type ChannelOptions,
  type Downsample,
  type OmeVersion,
  type WritableStore,
  type WriteOmeZarrOptions,
  type WriteZarrOptions,
  writeOmeZarr,
  writeZarr,
} from './write';
export { type WriteLabelsOptions, writeOmeZarrLabel } from './writeLabels';
export { type PlateOptions, type PlateWell, platePath, writePlate } from './writePlate';
