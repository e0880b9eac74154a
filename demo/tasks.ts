// Work in tasks of its own, so that what the user does is answered in between.

const channel = new MessageChannel();
const waiting: (() => void)[] = [];

// A message is a task at once; timers in a chain are held back to 4 ms.
channel.port1.onmessage = () => {
  waiting.shift()!();
  if (waiting.length > 0) channel.port2.postMessage(undefined);
};

/** Resolves in a task that nobody else resolves in, after those of earlier calls. */
export function ownTask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) channel.port2.postMessage(undefined);
  });
}
