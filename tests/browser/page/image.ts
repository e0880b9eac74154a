// A deterministic image, the same in Node and in the page.
export const SIZE = 300;

export function testImage(): Uint16Array {
  return Uint16Array.from({ length: SIZE * SIZE }, (_, i) => {
    const [y, x] = [Math.floor(i / SIZE), i % SIZE];
    return 300 + 250 * Math.sin(x / 9) * Math.cos(y / 7) + ((i * 7919) % 31);
  });
}
