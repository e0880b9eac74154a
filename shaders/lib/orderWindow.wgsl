// Windows over a padded block: where those of an output word's lanes begin, and their elements as keys. The including
// shader declares `input` and, in `params`, `paddedShape` and `outputShape`; the header gives `LANES`, `BITS` and `KIND`
// (0: unsigned, 1: signed, 2: float).
fn paddedElements() -> u32 {
  let shape = params.paddedShape;
  return u32(shape.x * shape.y * shape.z * shape.w);
}

fn outputElements() -> u32 {
  let shape = params.outputShape;
  return u32(shape.x * shape.y * shape.z * shape.w);
}

fn windowStart(element: u32) -> u32 {
  let size = vec4u(params.outputShape);
  let row = element / size.w;
  let plane = row / size.z;
  let shape = vec4u(params.paddedShape);
  return ((plane / size.y * shape.y + plane % size.y) * shape.z + row % size.z) * shape.w + element % size.w;
}

// Keys order unsigned as the values do: -0 before 0, and NaN, all of them alike, after everything.
fn keyOf(element: u32) -> u32 {
  let bits = extractBits(input[element / LANES], element % LANES * BITS, BITS);
  if (KIND == 0u) {
    return bits;
  }
  let sign = 1u << (BITS - 1u);
  if (KIND == 1u) {
    return bits ^ sign;
  }
  let number = select(bits, 0x7fc00000u, (bits & 0x7fffffffu) > 0x7f800000u);
  return number ^ select(sign, 0xffffffffu, number >= sign);
}

fn bitsOf(key: u32) -> u32 {
  let sign = 1u << (BITS - 1u);
  if (KIND == 2u) {
    return key ^ select(0xffffffffu, sign, key >= sign);
  }
  return select(key, key ^ sign, KIND == 1u);
}
