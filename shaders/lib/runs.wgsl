// Runs of set bits in 32-pixel words, and the places of a word's runs in the forest. The header gives
// `const ROW_CONNECTED: bool`; without connected rows every pixel is a run of its own.
const NODES = select(32u, 16u, ROW_CONNECTED);

fn bitsBelow(bit: u32) -> u32 {
  return (1u << bit) - 1u;
}

// Bit where the run that holds `bit` starts.
fn runStart(bits: u32, bit: u32) -> u32 {
  if (!ROW_CONNECTED) {
    return bit;
  }
  let gaps = ~bits & bitsBelow(bit);
  return select(firstLeadingBit(gaps) + 1u, 0u, gaps == 0u);
}

fn runStarts(bits: u32) -> u32 {
  return select(bits, bits & ~(bits << 1u), ROW_CONNECTED);
}

// Node of the run that holds `bit`. Runs have nodes in the order of their first pixels.
fn runNode(word: u32, bits: u32, bit: u32) -> u32 {
  if (!ROW_CONNECTED) {
    return word * NODES + bit;
  }
  // `bit` itself may be a start.
  return word * NODES + countOneBits(runStarts(bits) & (bitsBelow(bit) | (1u << bit))) - 1u;
}

// Bit where the run of a node starts, `bits` being its word.
fn nodeStart(node: u32, bits: u32) -> u32 {
  if (!ROW_CONNECTED) {
    return node % NODES;
  }
  var starts = runStarts(bits);
  for (var k = node % NODES; k > 0u; k--) {
    starts &= starts - 1u;
  }
  return firstTrailingBit(starts);
}
