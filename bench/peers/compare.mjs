// Whether Tilewise's result is a peer's, as far as the row allows.

/** Whether two label images are the same but for the numbering. */
function sameLabels(a, b) {
  const [there, back] = [new Map(), new Map()];
  for (let i = 0; i < a.length; i++) {
    if (there.get(a[i]) === b[i] && back.get(b[i]) === a[i]) continue;
    if (there.has(a[i]) || back.has(b[i]) || (a[i] === 0) !== (b[i] === 0)) return false;
    there.set(a[i], b[i]);
    back.set(b[i], a[i]);
  }
  return true;
}

/**
 * `{}`, or the `fault`. `within` is a row's; pixels closer than `margin` to the edge of an image of `width` columns are
 * left out, for peers that have no boundary modes.
 */
export function compareResults(actual, expected, within, { width = 0, margin = 0 } = {}) {
  if (within === 'labels') return sameLabels(actual, expected) ? {} : { fault: 'other labels' };
  const height = width ? expected.length / width : 0;
  const inside = (i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    return Math.min(y, x, height - 1 - y, width - 1 - x) >= margin;
  };
  let most = 0;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < expected.length; i++) {
    if (margin > 0 && !inside(i)) continue;
    most = Math.max(most, Math.abs(actual[i] - expected[i]));
    low = Math.min(low, expected[i]);
    high = Math.max(high, expected[i]);
  }
  const difference = expected instanceof Float32Array ? most / (high - low) : most;
  return difference <= within ? {} : { fault: `${difference.toExponential(1)} off` };
}
