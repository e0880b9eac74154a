// The other half of transforms of real lines, which is the conjugate of the first in reverse.

function negate<T>(source: usize, target: usize, count: usize): void {
  const signs = sizeof<T>() == 4 ? i32x4(0, i32.MIN_VALUE, 0, i32.MIN_VALUE) : i64x2(0, i64.MIN_VALUE);
  const bytes: usize = <usize>2 * count * sizeof<T>();
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(target + at, v128.xor(v128.load(source + at), signs));
  for (; at < bytes; at += 2 * sizeof<T>()) {
    store<T>(target + at, load<T>(source + at));
    store<T>(target + at, -load<T>(source + at, sizeof<T>()), sizeof<T>());
  }
}

/**
 * Rows `outputFirst` on of spectra of `length` rows, from rows `inputFirst` on of their first halves. Complex blocks of
 * floats of `bytes`, seen as [outer, rows, inner].
 */
export function fourierMirror(
  bytes: i32,
  input: usize,
  output: usize,
  outer: i32,
  inner: i32,
  inputFirst: i32,
  inputRows: i32,
  outputFirst: i32,
  outputRows: i32,
  length: i32,
): void {
  const row = <usize>inner * 2 * <usize>bytes;
  const half = length >> 1;
  for (let o = 0; o < outer; o++)
    for (let r = 0; r < outputRows; r++) {
      const at = outputFirst + r;
      const from = (at > half ? length - at : at) - inputFirst;
      const source = input + (<usize>o * inputRows + from) * row;
      const target = output + (<usize>o * outputRows + r) * row;
      if (at <= half) memory.copy(target, source, row);
      else if (bytes == 4) negate<f32>(source, target, inner);
      else negate<f64>(source, target, inner);
    }
}
