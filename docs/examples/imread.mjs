import { encode } from 'fast-png';
import { imread } from 'tilewise/imread';

// Three frames, as a file input or a folder drop would give them; a URL pattern or, in Node, a glob works too.
const frames = [1, 2, 3].map((value) => {
  const png = encode({
    width: 4,
    height: 2,
    channels: 1,
    depth: 16,
    data: new Uint16Array(8).fill(1000 * value),
  });
  return new File([png], `frame-${value}.png`, { type: 'image/png' });
});

const stack = await imread(frames);
console.log(stack.shape, stack.dtype); // [ 3, 2, 4 ] uint16

// One frame is decoded when one frame is asked for.
const second = await stack.slice(1, 0).compute();
console.log(second.data); // Uint16Array(4) [ 2000, 2000, 2000, 2000 ]
