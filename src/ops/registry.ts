// Importing this module fills the operation table: executors in other threads need every op, used here or not.
import './elementwise';
import './ndfilters/correlate1d';
import './ndfilters/uniform1d';
import './ndmeasure/histogram';
import './ndmeasure/label';
import './ndmeasure/measure';
import './ndmeasure/regions';
import './ndmorph/binary';
import './reductions';
import './views';
