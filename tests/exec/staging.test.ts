// Memory that blocks wait in: used again, whatever the collector does with what is beyond the budget.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RecycledMemory } from '../../src/exec/staging';
import { configure } from '../../src/index';

const MIB = 2 ** 20;

beforeEach(() => configure({ memoryBudget: 64 * MIB }));
afterEach(() => configure({ memoryBudget: undefined }));

test('unused buffers serve again, the smallest that is large enough', () => {
  const memory = new RecycledMemory(true);
  const [small, large] = [MIB, 2 * MIB].map((bytes) => memory.take('uint8', bytes).buffer);
  memory.give([large, small]);
  expect(memory.take('float32', MIB / 4).buffer).toBe(small);
  expect(memory.take('float32', MIB / 4).buffer).toBe(large);
});

test('a buffer beyond the budget serves again as long as it is there', () => {
  const memory = new RecycledMemory(true);
  const first = memory.take('uint8', 32 * MIB).buffer;
  const second = memory.take('uint8', 32 * MIB).buffer;
  memory.give([first, second]);
  const again = [memory.take('uint16', 16 * MIB).buffer, memory.take('uint8', 31 * MIB).buffer];
  expect(new Set(again)).toEqual(new Set([first, second]));
  expect(memory.take('uint8', 32 * MIB).buffer).not.toBe(first);
});

test('a buffer much too large is left for what needs it', () => {
  const memory = new RecycledMemory(true);
  const large = memory.take('uint8', 32 * MIB).buffer;
  memory.give([large]);
  expect(memory.take('uint8', MIB).buffer).not.toBe(large);
  expect(memory.take('uint8', 32 * MIB).buffer).toBe(large);
});

test("what is transferred is the collector's beyond the budget", () => {
  const memory = new RecycledMemory(false);
  const first = memory.take('uint8', 32 * MIB).buffer;
  memory.give([first]);
  expect(memory.take('uint8', 32 * MIB).buffer).not.toBe(first);
});
