// A network connection of so many megabits a second, which all responses of a server share.
import { setTimeout as pause } from 'node:timers/promises';

/** Makes a function that slows a response down. */
export function slowLink(megabits) {
  const bytesPerMillisecond = (megabits * 1e6) / 8 / 1000;
  let free = 0;
  return (response) => {
    const write = response.write.bind(response);
    const end = response.end.bind(response);
    let last = Promise.resolve();
    const later = (chunk, act) => {
      const due = Math.max(free, performance.now()) + (chunk?.length ?? 0) / bytesPerMillisecond;
      free = due;
      last = last.then(() => pause(Math.max(0, due - performance.now()))).then(act);
    };
    response.write = (chunk, ...rest) => {
      later(chunk, () => {
        write(chunk, ...rest);
        response.emit('drain');
      });
      return false;
    };
    response.end = (chunk, ...rest) => {
      later(chunk, () => end(chunk, ...rest));
      return response;
    };
  };
}
