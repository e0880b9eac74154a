// Copies a box between two blocks.

// @ts-ignore: decorator
@inline
function at(vector: usize, axis: i32): i32 {
  return load<i32>(vector + (<usize>axis << 2));
}

// @ts-ignore: decorator
@inline
function flat(shape: usize, a: i32, b: i32, c: i32, d: i32): usize {
  return ((<usize>a * at(shape, 1) + b) * at(shape, 2) + c) * at(shape, 3) + d;
}

export function copyBox(
  input: usize,
  inputShape: usize,
  inputOffset: usize,
  output: usize,
  outputShape: usize,
  outputOffset: usize,
  boxShape: usize,
  bytes: i32,
): void {
  // Axes that are whole in both blocks join into one contiguous piece.
  let piece: usize = bytes;
  let axis = 3;
  for (; axis >= 0; axis--) {
    piece *= at(boxShape, axis);
    if (at(boxShape, axis) != at(inputShape, axis) || at(boxShape, axis) != at(outputShape, axis)) break;
  }
  const size0 = axis > 0 ? at(boxShape, 0) : 1;
  const size1 = axis > 1 ? at(boxShape, 1) : 1;
  const size2 = axis > 2 ? at(boxShape, 2) : 1;
  const d0 = at(inputOffset, 0);
  const d1 = at(inputOffset, 1);
  const d2 = at(inputOffset, 2);
  const e0 = at(outputOffset, 0);
  const e1 = at(outputOffset, 1);
  const e2 = at(outputOffset, 2);
  for (let a = 0; a < size0; a++) {
    for (let b = 0; b < size1; b++) {
      for (let c = 0; c < size2; c++) {
        const source = flat(inputShape, a + d0, b + d1, c + d2, at(inputOffset, 3));
        const target = flat(outputShape, a + e0, b + e1, c + e2, at(outputOffset, 3));
        memory.copy(output + target * bytes, input + source * bytes, piece);
      }
    }
  }
}
