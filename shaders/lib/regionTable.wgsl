// Layout of the accumulators of regionReduce: a header of four words (largest magnitude's bits, largest label), then
// a row a label. Minima are kept as maxima of complements, so that a table of zeros is empty.
const HEADER = 4u;
const ROW = 36u;
const COUNT = 0u;
const SUM = 1u;
const SQUARES = 3u;
const MINIMUM = 6u;
const MAXIMUM = 7u;
const LOWEST = 8u;
const HIGHEST = 12u;
const COORDINATES = 16u;
const WEIGHTED = 24u;
const MINIMUM_AT = 32u;
const MAXIMUM_AT = 33u;
const FLAGS = 34u;
const NAN_AT = 35u;
