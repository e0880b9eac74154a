// A progress bar on standard error, when somebody is looking.
import { Presets, SingleBar } from 'cli-progress';
import type { Progress } from '../exec/options';

/** Shows progress from the first call of `show` until `stop`. */
export class ProgressBar {
  readonly #bar = new SingleBar(
    {
      format: '{bar} {percentage}% | {stage} | {value}/{total} tiles | {duration_formatted}',
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  #stage = '';

  readonly show = ({ stage, done, total }: Progress): void => {
    if (stage !== this.#stage) {
      this.stop();
      this.#stage = stage;
      this.#bar.start(total, done, { stage });
    }
    this.#bar.update(done, { stage });
  };

  stop(): void {
    if (this.#stage !== '') this.#bar.stop();
    this.#stage = '';
  }
}
