// Every operation. Each enters the table of core/op.ts when its module loads; code that runs graphs made elsewhere
// (workers, serialised graphs) needs all of them, and bundlers drop modules of which no value is used.
import { getOp } from '../core/op';
import { complexJoin, complexPart } from './complex';
import { elementFunction } from './elementFunction';

import { pointwise } from './elementwise';
import { correlate } from './ndfilters/correlate';
import { correlate1d } from './ndfilters/correlate1d';
import { windowExtremum, windowRank } from './ndfilters/order';
import { uniform1d } from './ndfilters/uniform1d';
import { fourierFilter } from './ndfourier/filters';
import { fourierLines } from './ndfourier/fourierLines';
import { fourierMirror } from './ndfourier/fourierMirror';
import { survey } from './ndinterp/coordinates';
import { interpolate } from './ndinterp/interpolate';
import { expand as expandLabels } from './ndmeasure/expandLabels';
import { histogramOp } from './ndmeasure/histogram';
import { imageSelection } from './ndmeasure/imageSelection';
import { labelScan, relabel } from './ndmeasure/label';
import { labelBlocks, renumberBlocks } from './ndmeasure/labelBlocks';
import { innerLabels, labelIds, largeLabels, renamedLabels } from './ndmeasure/labelChoices';
import { labelElements } from './ndmeasure/labelElements';
import { labelHistogram } from './ndmeasure/labelHistogram';
import { labelSelection } from './ndmeasure/labelSelection';
import { counted, measured } from './ndmeasure/measure';
import { regionContours } from './ndmeasure/regionContours';
import { regionHulls } from './ndmeasure/regionHulls';
import { regionMoments } from './ndmeasure/regionMoments';
import { regions } from './ndmeasure/regions';
import { morphology } from './ndmorph/binary';
import { reduceAxes, reduced, statistics } from './reductions';
import { broadcast, concatenate, expand, rechunk, slice } from './views';

const OPERATIONS: readonly { readonly name: string }[] = [
  ...[pointwise, complexPart, complexJoin, elementFunction],
  ...[
    fourierFilter,
    fourierLines,
    fourierMirror,
    correlate,
    correlate1d,
    uniform1d,
    morphology,
    interpolate,
    survey,
  ],
  ...[labelBlocks, renumberBlocks, labelScan, relabel, histogramOp],
  ...[labelIds, largeLabels, innerLabels, renamedLabels, expandLabels],
  ...[labelSelection, imageSelection, labelElements, labelHistogram],
  ...[regions, regionMoments, regionContours, regionHulls],
  ...[windowExtremum, windowRank],
  ...[counted, measured, statistics, reduced, reduceAxes],
  ...[slice, rechunk, expand, broadcast, concatenate],
];

/** Makes sure that every operation is in the table. */
export function loadOperations(): void {
  for (const { name } of OPERATIONS) getOp(name);
}
