import { describe, expect, it } from 'vitest';
import { ChunkCache } from '../../src/io/cache';

describe('ChunkCache', () => {
  it('drops the least recently used chunks beyond its bytes', () => {
    const cache = new ChunkCache(30);
    for (const key of ['a', 'b', 'c']) cache.set(key, new Uint8Array(10));
    cache.get('a');
    cache.set('d', new Uint8Array(10));
    expect(cache.get('b')).toBeUndefined();
    expect(cache.get('a')).toBeDefined();
    expect(cache.bytes).toBe(30);
  });

  it('keeps the most recent chunks when the budget shrinks', () => {
    const cache = new ChunkCache(30);
    for (const key of ['a', 'b', 'c']) cache.set(key, new Uint16Array(5));
    cache.setBudget(20);
    expect([cache.get('a'), cache.size, cache.bytes]).toEqual([undefined, 2, 20]);
    cache.setBudget(0);
    cache.set('a', new Uint8Array(1));
    expect(cache.size).toBe(0);
  });

  it('does not hold what is larger than the budget, and clears by prefix', () => {
    const cache = new ChunkCache(10);
    cache.set('big', new Uint8Array(11));
    expect(cache.size).toBe(0);
    cache.set('x\n0', new Uint8Array(2));
    cache.set('y\n0', new Uint8Array(2));
    cache.clear('x\n');
    expect([cache.get('x\n0'), cache.size]).toEqual([undefined, 1]);
  });

  it('refuses a budget that is no number of bytes', () => {
    expect(() => new ChunkCache(-1)).toThrow('budget: expected bytes >= 0, received -1');
    expect(() => new ChunkCache(Number.NaN)).toThrow('NaN');
  });
});
