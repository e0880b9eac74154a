// Runs of set bits in 32-pixel words.
fn bitsBelow(bit: u32) -> u32 {
  return (1u << bit) - 1u;
}

// Bit where the run that holds `bit` starts. Without connected rows every pixel is a run of its own.
fn runStart(word: u32, bit: u32) -> u32 {
  if (!ROW_CONNECTED) {
    return bit;
  }
  let gaps = ~word & bitsBelow(bit);
  return select(firstLeadingBit(gaps) + 1u, 0u, gaps == 0u);
}

fn runStarts(word: u32) -> u32 {
  return select(word, word & ~(word << 1u), ROW_CONNECTED);
}
