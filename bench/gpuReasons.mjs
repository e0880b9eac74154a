// Why operations take more on a GPU than the ideal, or more with a larger window, and what was tried: printed beneath the
// table for the rows it has.
const OPENING =
  'The erosion is written out and read back by the dilation. One kernel of both would look at as many pixels for each output as the two windows have pairs, or keep eroded rows in the memory of a workgroup, which takes a barrier: the dispatch saved is not yet worth either on the adapter here.';
const LABEL =
  'All of the excess is one buffer of parents, 2 bytes a pixel (runs of a row are at least two pixels apart), counted whole in each dispatch that touches it: 6 of the 7.5 bytes of the first pass, 12 of those of both. Only the places where runs begin are read and written, 3 to 26% of them; the ideal counts those alone. Dispatches are fewer than the ideal, since few words are scanned.';
const LARGE_RANKS =
  'A histogram of the window goes down columns, which a row of it enters and another leaves: 2 x 15 or 2 x 31 elements an output instead of 225 or 961 looked at four times, so that the time grows as the side and not as the area. What remains is the changing of counts, one element at a time, at places that differ between neighbours. Tried: histograms in the memory of a workgroup (not slower once compiled, but that memory begins with a barrier, and the software adapter takes 8 s to compile one here instead of 0.3).';
const WIDE_RANKS =
  'As for 8 bits, but bins hold several values: the window is looked at once more, for the few keys of the bin found (more often, where many are in one bin: values that are almost all alike but for a few far away). That one look grows with the area; before, there were 8 (16 bits) or 16 (32 bits).';

const REASONS = {
  'binaryOpening, a byte a pixel': OPENING,
  'label, numbers of objects (first pass)': LABEL,
  'label, both passes': LABEL,
  'medianFilter 15, uint8': LARGE_RANKS,
  'medianFilter 31, uint8': LARGE_RANKS,
  'medianFilter 15, uint16': WIDE_RANKS,
  'medianFilter 15, float32': WIDE_RANKS,
};

/** Paragraphs, each for the operations whose reason it is. */
export function gpuReasons(rows) {
  const operations = new Map();
  for (const { name } of rows)
    if (REASONS[name]) operations.set(REASONS[name], [...(operations.get(REASONS[name]) ?? []), name]);
  return [...operations].map(([why, names]) => `${names.join('; ')}: ${why}`);
}
