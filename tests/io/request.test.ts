import { describe, expect, it } from 'vitest';
import { SharedRequests } from '../../src/io/request';

const deferred = <T>() => {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((a, b) => {
    resolve = a;
    reject = b;
  });
  return { promise, resolve, reject };
};

describe('SharedRequests', () => {
  it('starts concurrent work of one key once and shares the result', async () => {
    const requests = new SharedRequests();
    const work = deferred<number>();
    let starts = 0;
    const start = () => {
      starts++;
      return work.promise;
    };
    const results = Promise.all([
      requests.run('a', start),
      requests.run('a', start),
      requests.run('b', start),
    ]);
    work.resolve(7);
    expect(await results).toEqual([7, 7, 7]);
    expect(starts).toBe(2);
    expect(requests.size).toBe(0);
  });

  it('rejects an aborting caller at once and leaves the others alone', async () => {
    const requests = new SharedRequests();
    const work = deferred<number>();
    const upstream: AbortSignal[] = [];
    const start = (signal: AbortSignal) => {
      upstream.push(signal);
      return work.promise;
    };
    const leaving = new AbortController();
    const first = requests.run('a', start, { signal: leaving.signal });
    const second = requests.run('a', start);
    leaving.abort('changed my mind');
    await expect(first).rejects.toBe('changed my mind');
    expect(upstream[0].aborted).toBe(false);
    work.resolve(1);
    expect(await second).toBe(1);
  });

  it('aborts the work when the last caller has left, and starts anew for the next', async () => {
    const requests = new SharedRequests();
    const upstream: AbortSignal[] = [];
    const start = (signal: AbortSignal) => {
      upstream.push(signal);
      return upstream.length === 1 ? new Promise<number>(() => {}) : Promise.resolve(2);
    };
    const controllers = [new AbortController(), new AbortController()];
    const calls = controllers.map(({ signal }) => requests.run('a', start, { signal }));
    controllers[0].abort('one');
    expect(upstream[0].aborted).toBe(false);
    controllers[1].abort('two');
    expect(upstream[0].aborted).toBe(true);
    await expect(calls[0]).rejects.toBe('one');
    await expect(calls[1]).rejects.toBe('two');
    expect(await requests.run('a', start)).toBe(2);
  });

  it('does not start for a caller that is already aborted', async () => {
    const requests = new SharedRequests();
    const run = requests.run('a', () => Promise.reject(new Error('started')), {
      signal: AbortSignal.abort('early'),
    });
    await expect(run).rejects.toBe('early');
  });

  it('rejects every caller when the work fails, also when it throws, and forgets the failure', async () => {
    const requests = new SharedRequests();
    const start = () => {
      throw new Error('broken');
    };
    const calls = [requests.run('a', start), requests.run('a', start)];
    for (const call of calls) await expect(call).rejects.toThrow('broken');
    expect(await requests.run('a', async () => 3)).toBe(3);
  });
});
