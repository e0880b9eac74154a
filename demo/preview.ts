// The pipeline on what is in view, at the displayed resolution, recomputed as settings change.
import type { LazyArray } from 'tilewise';
import type { Image } from './image';
import { maskPainter } from './paint';
import { estimateThreshold, type Input, mask, type PipelineSettings, smoothed } from './pipeline';
import { type LayerOptions, type LoadTile, TileLayer } from './tileLayer';

export interface PreviewOptions extends LayerOptions {
  /** The automatic threshold of the preview is known. */
  readonly onThreshold: (value: number) => void;
}

/** What of the settings the preview's pixels depend on. */
const signature = ({ channel, sigma, threshold, opening }: PipelineSettings) =>
  [channel, sigma, threshold, opening].join();

/** Milliseconds that newer settings wait for the first tile of older ones. */
const PATIENCE = 250;

export class Preview {
  readonly smoothed: TileLayer;
  readonly mask: TileLayer;
  readonly #options: PreviewOptions;
  #current = '';
  #controller = new AbortController();
  #next: { readonly input: Input; readonly settings: PipelineSettings } | undefined;
  #started = Number.NEGATIVE_INFINITY;

  constructor(image: Image, options: PreviewOptions) {
    this.#options = options;
    this.smoothed = new TileLayer(image.levels, options);
    this.mask = new TileLayer(image.levels, options);
    this.mask.setPaint(maskPainter);
  }

  /**
   * Starts anew for other settings; what was under way is cancelled. Sliders send settings faster than tiles come:
   * the latest ones wait until a tile of those before has been seen, but never for long.
   */
  update(input: Input, settings: PipelineSettings): void {
    const waiting = this.#next !== undefined;
    this.#next = { input, settings };
    if (!waiting) this.#schedule();
  }

  #schedule(): void {
    requestAnimationFrame((now) => {
      if (!this.#next) return;
      const unseen = [this.smoothed, this.mask].some((layer) => layer.visible && !layer.fresh);
      if (unseen && now - this.#started < PATIENCE) {
        this.#schedule();
        return;
      }
      const { input, settings } = this.#next;
      this.#next = undefined;
      this.#start(input, settings);
    });
  }

  #start(input: Input, settings: PipelineSettings): void {
    const current = `${signature(settings)} ${JSON.stringify(input.plane)}`;
    if (current === this.#current) return;
    this.#current = current;
    this.#started = performance.now();
    this.#controller.abort();
    this.#controller = new AbortController();
    const threshold = this.#threshold(input, settings, this.#controller.signal);
    this.smoothed.setLoad(reading(async (level) => smoothed(input, settings, level)));
    this.mask.setLoad(reading(async (level) => mask(input, settings, level, await threshold)));
  }

  dispose(): void {
    this.#next = undefined;
    this.#controller.abort();
    this.smoothed.dispose();
    this.mask.dispose();
  }

  async #threshold(input: Input, settings: PipelineSettings, signal: AbortSignal): Promise<number> {
    if (settings.threshold !== 'auto') return settings.threshold;
    const estimate = estimateThreshold(input, settings, { signal });
    estimate.then(this.#options.onThreshold, () => {});
    return estimate;
  }
}

/** Loads tiles by reading them from the array of their level. */
export const reading =
  (arrayOf: (level: number) => Promise<LazyArray>): LoadTile =>
  async (level, rows, columns, signal) => {
    const array = await arrayOf(level);
    const { data, shape } = await array.read([rows, columns], { signal });
    return { data, height: shape[0], width: shape[1] };
  };
