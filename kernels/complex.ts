// Complex blocks (real and imaginary parts in turn) and their parts.

/** The real (`part` 0) or imaginary (1) parts; `bytes` (4 or 8) is the size of one. */
export function splitParts(input: usize, output: usize, bytes: i32, part: i32, count: i32): void {
  let i = 0;
  if (bytes == 4) {
    for (; i <= count - 4; i += 4) {
      const a = v128.load(input);
      const b = v128.load(input, 16);
      v128.store(output, part ? v128.shuffle<i32>(a, b, 1, 3, 5, 7) : v128.shuffle<i32>(a, b, 0, 2, 4, 6));
      input += 32;
      output += 16;
    }
    for (; i < count; i++) {
      store<i32>(output, load<i32>(input + (<usize>part << 2)));
      input += 8;
      output += 4;
    }
    return;
  }
  for (; i < count; i++) {
    store<i64>(output, load<i64>(input + (<usize>part << 3)));
    input += 16;
    output += 8;
  }
}

/** The inverse of both splits. `re` may not overlap the output, nor may `im`. */
export function joinParts(re: usize, im: usize, output: usize, bytes: i32, count: i32): void {
  let i = 0;
  if (bytes == 4) {
    for (; i <= count - 4; i += 4) {
      const a = v128.load(re);
      const b = v128.load(im);
      v128.store(output, v128.shuffle<i32>(a, b, 0, 4, 1, 5));
      v128.store(output, v128.shuffle<i32>(a, b, 2, 6, 3, 7), 16);
      re += 16;
      im += 16;
      output += 32;
    }
    for (; i < count; i++) {
      store<i32>(output, load<i32>(re));
      store<i32>(output, load<i32>(im), 4);
      re += 4;
      im += 4;
      output += 8;
    }
    return;
  }
  for (; i < count; i++) {
    store<i64>(output, load<i64>(re));
    store<i64>(output, load<i64>(im), 8);
    re += 8;
    im += 8;
    output += 16;
  }
}
