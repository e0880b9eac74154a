import { fromArray } from 'tilewise';
import { binaryDilation, binaryOpening, generateBinaryStructure } from 'tilewise/ndmorph';

// A 3 x 3 square and a single pixel.
const rows = ['0000000', '0111000', '0111000', '0111000', '0000010', '0000000'];
const mask = fromArray(Uint8Array.from(rows.join('')), { shape: [6, 7], dtype: 'bool' });

const square = generateBinaryStructure(2, 2);
const opened = await binaryOpening(mask, { structure: square }).sum().compute();
console.log(opened.data); // BigInt64Array(1) [ 9n ]

const grown = await binaryDilation(mask).slice(4).compute();
console.log(grown.data); // Uint8Array(7) [ 0, 1, 1, 1, 1, 1, 1 ]
