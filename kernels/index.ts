// Exports of the WASM module; src/core/kernels.ts documents each.
export { binaryMorphology } from './binaryMorphology';
export { cast } from './cast';
export { joinParts, splitParts } from './complex';
export { coordinateBounds } from './coordinateBounds';
export { copyBox } from './copy';
export { correlate, correlateScratch } from './correlate';
export { correlate1d, correlate1dScratch } from './correlate1d';
export { expandAxis, seedDistances } from './expand';
export { fourier } from './fourier';
export { fourierMirror } from './fourierMirror';
export { fourierFilter, fourierRotate } from './fourierFilter';
export { gather } from './gather';
export { gatherAxes, gatherAxesScratch } from './gatherAxes';
export { histogram } from './histogram';
export { firstPixels, labelBlock } from './label';
export { fillRuns, firstOfRuns, labelRunsBytes, rowEnds, runsOfLabels, sizesOfRuns } from './labelRuns';
export { countDigits, groupMedians, keysWithPrefix } from './labelSelect';
export { labelSizes, largestLabel } from './labelSizes';
export { groupSpans, labelSpans } from './labelSpans';
export { reduceBlock } from './reduce';
export { regionMoments } from './regionMoments';
export { regionReduce } from './regions';
export { compressLabels, relabel } from './relabel';
export { uniform1d, uniform1dScratch } from './uniform1d';
export { complementKeys, gatherBox, orderKeys } from './windowBox';
export { extremumBox, extremumFootprint } from './windowExtremum';
export { histogramRank, histogramRankScratch } from './windowHistogram';
export { slideRank, slideRankScratch } from './windowRank';
export { selectRank } from './windowSelect';

/** Where memory that the host may use begins. */
export const heapBase: usize = __heap_base;
