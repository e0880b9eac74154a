// Erosion and dilation of one-byte booleans: each output row ANDs or ORs shifted input rows, 16 elements at a time.

// @ts-ignore: decorator
@inline
function at(vector: usize, axis: i32): i32 {
  return load<i32>(vector + (<usize>axis << 2));
}

/** Combines `count` input elements into the output. `first` overwrites instead. */
// @ts-ignore: decorator
@inline
function combine(source: usize, target: usize, count: i32, dilate: bool, first: bool): void {
  let i = 0;
  for (; i <= count - 16; i += 16) {
    const value = v128.load(source + i);
    if (first) v128.store(target + i, value);
    else if (dilate) v128.store(target + i, v128.or(v128.load(target + i), value));
    else v128.store(target + i, v128.and(v128.load(target + i), value));
  }
  for (; i < count; i++) {
    const value = load<u8>(source + i);
    if (first) store<u8>(target + i, value);
    else if (dilate) store<u8>(target + i, load<u8>(target + i) | value);
    else store<u8>(target + i, load<u8>(target + i) & value);
  }
}

/** Combines the border value into `count` elements. */
// @ts-ignore: decorator
@inline
function combineBorder(target: usize, count: i32, border: i32, dilate: bool, first: bool): void {
  if (count > 0 && (first || (border != 0) == dilate)) memory.fill(target, <u8>border, count);
}

export function binaryMorphology(
  input: usize,
  output: usize,
  inputShape: usize,
  outputShape: usize,
  origin: usize,
  offsets: usize,
  count: i32,
  dilate: i32,
  border: i32,
): void {
  const dilates = dilate != 0;
  const length = at(inputShape, 3);
  const outputLength = at(outputShape, 3);
  if (count == 0) {
    const elements = at(outputShape, 0) * at(outputShape, 1) * at(outputShape, 2) * outputLength;
    memory.fill(output, dilates ? 0 : 1, elements);
    return;
  }
  let target = output;
  for (let i = 0; i < at(outputShape, 0); i++) {
    for (let j = 0; j < at(outputShape, 1); j++) {
      for (let k = 0; k < at(outputShape, 2); k++) {
        for (let n = 0; n < count; n++) {
          const offset = offsets + (<usize>n << 4);
          const a = i + at(origin, 0) + at(offset, 0);
          const b = j + at(origin, 1) + at(offset, 1);
          const c = k + at(origin, 2) + at(offset, 2);
          const inside =
            <u32>a < <u32>at(inputShape, 0) && <u32>b < <u32>at(inputShape, 1) && <u32>c < <u32>at(inputShape, 2);
          if (!inside) {
            combineBorder(target, outputLength, border, dilates, n == 0);
            continue;
          }
          const row = input + <usize>((a * at(inputShape, 1) + b) * at(inputShape, 2) + c) * length;
          const shift = at(origin, 3) + at(offset, 3);
          const start = min(max(-shift, 0), outputLength);
          const stop = max(min(length - shift, outputLength), start);
          combineBorder(target, start, border, dilates, n == 0);
          if (n == 0) combine(row + start + shift, target + start, stop - start, dilates, true);
          else if (dilates) combine(row + start + shift, target + start, stop - start, true, false);
          else combine(row + start + shift, target + start, stop - start, false, false);
          combineBorder(target + stop, outputLength - stop, border, dilates, n == 0);
        }
        target += outputLength;
      }
    }
  }
}
