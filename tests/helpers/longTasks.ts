// The longest tasks of a page's main thread, and how much slower than at its best the machine runs meanwhile.
import type { Page } from 'playwright';

interface Watched {
  tasks: number[];
}

declare global {
  var watched: Watched;
}

/** Begins to observe a page; before its scripts run or after. */
export async function watchTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    globalThis.watched = { tasks: [] };
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.watched.tasks.push(duration);
    }).observe({ type: 'longtask' });
  });
}

/** Milliseconds of the longest task while something is done, 0 if none is over 50. */
export async function longestTask(page: Page, action: () => Promise<void>): Promise<number> {
  await page.evaluate(() => globalThis.watched.tasks.splice(0));
  await action();
  // Entries come in a task of their own.
  await page.waitForTimeout(100);
  return page.evaluate(() => Math.max(0, ...globalThis.watched.tasks));
}

/** How many times longer than the shortest the longest of some equal pieces of work takes: other work on the machine. */
export function slowdown(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const times: number[] = [];
    let sum = 0;
    for (let piece = 0; piece < 40; piece++) {
      const start = performance.now();
      for (let i = 0; i < 4e6; i++) sum = (sum * 31 + i) | 0;
      times.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return sum === 0.5 ? 0 : Math.max(...times) / Math.min(...times);
  });
}

/** Keeps the main thread busy for so many milliseconds, in a task of the page's. */
export const holdUp = (page: Page, milliseconds: number): Promise<void> =>
  page.evaluate(
    (length) =>
      new Promise((resolve) => {
        setTimeout(() => {
          const end = performance.now() + length;
          while (performance.now() < end);
          resolve();
        });
      }),
    milliseconds,
  );
