// The most memory that this process has had: V8 heaps, workers, WASM memories and buffers.
import { existsSync, readFileSync } from 'node:fs';

const STATUS = '/proc/self/status';

/** MiB. Linux hands maxRSS from the process that starts another down to that one, but not the peak of its memory. */
export function peakMiB() {
  const own = existsSync(STATUS) && /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8'));
  return (own ? Number(own[1]) : process.resourceUsage().maxRSS) / 1024;
}
