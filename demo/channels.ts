// The channels panel: visibility, colour and contrast of each channel.
import { histogram, isTilewiseError } from 'tilewise';
import { h, section } from './dom';
import type { Image, Plane } from './image';
import { intensityPainter } from './paint';
import { makeHistogram } from './plot';
import { reading } from './preview';
import { type LayerOptions, TileLayer } from './tileLayer';
import { format } from './units';

const BINS = 1024;
const SHOWN_BINS = 128;

/** One channel's layer, its look, and the controls for it. */
export class ChannelControl {
  readonly layer: TileLayer;
  readonly element: HTMLElement;
  color: string;
  /** Smallest and largest value of the coarsest level. */
  range: readonly [low: number, high: number] = [0, 1];
  #window: readonly [low: number, high: number] = [0, 1];
  readonly #lowInput = h('input', { type: 'range', step: 'any' });
  readonly #highInput = h('input', { type: 'range', step: 'any' });
  readonly #limits = h('span', { class: 'value' });
  readonly #plot;
  #counts: Float64Array | undefined;
  #plane: Plane = {};

  constructor(
    readonly image: Image,
    readonly index: number,
    readonly options: LayerOptions & { readonly onStyle: () => void },
  ) {
    const channel = image.channels[index];
    this.color = channel.color;
    this.layer = new TileLayer(image.levels, options);
    this.layer.blend = 'lighter';
    this.layer.visible = channel.active;
    this.#plot = makeHistogram({ height: 44, color: visibleColor(channel.color), squareRoot: true });
    this.element = this.#build(channel.label);
    if (channel.window) this.setWindow(channel.window.start, channel.window.end);
  }

  /** Contrast: values shown as black and as full colour. */
  get window(): readonly [low: number, high: number] {
    return this.#window;
  }

  setWindow(low: number, high: number): void {
    this.#window = [low, Math.max(high, low + 1e-6)];
    this.layer.setPaint(intensityPainter(this.color, ...this.#window));
    this.#showWindow();
    this.options.onStyle();
  }

  /** Shows another plane, and measures its values for contrast. */
  async setPlane(plane: Plane, signal: AbortSignal): Promise<void> {
    this.#plane = plane;
    this.layer.setLoad(reading(async (level) => this.image.plane(level, this.index, plane)));
    await this.#measure(signal);
  }

  async #measure(signal: AbortSignal): Promise<void> {
    const array = this.image.plane(this.image.levels.length - 1, this.index, this.#plane);
    try {
      const [low, high] = (
        await Promise.all([array.min().item({ signal }), array.max().item({ signal })])
      ).map(Number);
      const top = high > low ? high : low + 1;
      this.#counts = await histogram(array, low, top, BINS, { signal });
      this.range = [low, top];
    } catch (error) {
      // Without a histogram the window of the file still serves.
      if (signal.aborted || isTilewiseError(error)) return;
      throw error;
    }
    this.#plot.set(rebin(this.#counts, SHOWN_BINS), ...this.range);
    if (this.image.channels[this.index].window) this.#showWindow();
    else this.auto();
  }

  /** Stretches contrast from the background's level to the brightest thousandth. */
  auto(): void {
    if (!this.#counts) return;
    const [low, high] = this.range;
    const value = (fraction: number) => low + ((high - low) * quantile(this.#counts!, fraction)) / BINS;
    this.setWindow(value(0.02), value(0.999));
  }

  #showWindow(): void {
    const [low, high] = this.#window;
    const bounds = [Math.min(low, this.range[0]), Math.max(high, this.range[1])];
    for (const [input, value] of [
      [this.#lowInput, low],
      [this.#highInput, high],
    ] as const) {
      [input.min, input.max] = bounds.map(String);
      input.value = String(value);
    }
    this.#limits.textContent = `${format(low)} – ${format(high)}`;
    const percent = (v: number) => `${((v - bounds[0]) / (bounds[1] - bounds[0])) * 100}%`;
    this.element.style.setProperty('--low', percent(low));
    this.element.style.setProperty('--high', percent(high));
  }

  #build(label: string): HTMLElement {
    const show = h('input', { type: 'checkbox', checked: this.layer.visible, 'aria-label': `Show ${label}` });
    show.addEventListener('change', () => {
      this.layer.visible = show.checked;
      this.options.onUpdate();
    });
    const color = h('input', { type: 'color', value: this.color, 'aria-label': `Colour of ${label}` });
    color.addEventListener('input', () => {
      this.color = color.value;
      this.element.style.setProperty('--color', visibleColor(color.value));
      this.setWindow(...this.#window);
    });
    const auto = h(
      'button',
      { type: 'button', class: 'small', 'aria-label': `Automatic contrast of ${label}` },
      'Auto',
    );
    auto.addEventListener('click', () => this.auto());
    this.#lowInput.setAttribute('aria-label', `Black level of ${label}`);
    this.#highInput.setAttribute('aria-label', `White level of ${label}`);
    this.#lowInput.addEventListener('input', () => {
      const low = Math.min(Number(this.#lowInput.value), this.#window[1]);
      this.setWindow(low, this.#window[1]);
    });
    this.#highInput.addEventListener('input', () => {
      const high = Math.max(Number(this.#highInput.value), this.#window[0]);
      this.setWindow(this.#window[0], high);
    });
    const name = h('span', { class: 'name', title: label }, label);
    return h(
      'div',
      { class: 'channel', style: `--color: ${visibleColor(this.color)}` },
      h('div', { class: 'channel-head' }, h('label', {}, show, name), color, auto),
      h(
        'div',
        { class: 'contrast' },
        this.#plot.element,
        h('div', { class: 'range' }, this.#lowInput, this.#highInput),
      ),
      this.#limits,
    );
  }
}

export const channelsSection = (controls: readonly ChannelControl[]): HTMLElement =>
  section('Channels', ...controls.map(({ element }) => element));

/** Black channels would have invisible controls. */
const visibleColor = (color: string): string =>
  /^#[0-3][0-9a-f][0-3][0-9a-f][0-3]/i.test(color) ? '#8b95a3' : color;

function rebin(counts: Float64Array, bins: number): Float64Array {
  const out = new Float64Array(bins);
  counts.forEach((count, i) => {
    out[Math.floor((i * bins) / counts.length)] += count;
  });
  return out;
}

/** The bin below which a fraction of all counts lies. */
function quantile(counts: Float64Array, fraction: number): number {
  const target = counts.reduce((a, b) => a + b, 0) * fraction;
  let sum = 0;
  return counts.findIndex((count) => {
    sum += count;
    return sum > target;
  });
}
