// Controls of the pipeline: settings, what is shown, and the run over the whole image.
import { choice, h, section, slider } from './dom';
import type { Image } from './image';
import type { PipelineSettings } from './pipeline';
import { format, unitsOf } from './units';

export type Show = 'raw' | 'smoothed' | 'mask' | 'objects';

export interface PipelinePanelEvents {
  readonly onSettings: (settings: PipelineSettings) => void;
  readonly onShow: (show: Show) => void;
  readonly onOpacity: (opacity: number) => void;
  readonly onRun: () => void;
  readonly onCancel: () => void;
}

export class PipelinePanel {
  readonly elements: readonly HTMLElement[];
  readonly #image: Image;
  readonly #events: PipelinePanelEvents;
  #settings: PipelineSettings;
  #estimate: number | undefined;
  readonly #manual;
  readonly #estimateText = h('span', { class: 'hint' });
  readonly #show;
  readonly #run = h(
    'button',
    { type: 'button', class: 'primary', 'data-testid': 'run' },
    'Run on whole image',
  );
  readonly #cancel = h('button', { type: 'button', 'data-testid': 'cancel', disabled: true }, 'Cancel');
  readonly #bar = h('progress', { max: 1, value: 0, 'aria-label': 'Progress of the run' });
  readonly #stage = h('span', {});
  readonly #percent = h('span', { class: 'percent' });
  readonly #progress = h('div', { class: 'progress', hidden: true }, this.#stage, this.#percent, this.#bar);

  constructor(image: Image, settings: PipelineSettings, show: Show, events: PipelinePanelEvents) {
    this.#image = image;
    this.#settings = settings;
    this.#events = events;
    this.#manual = slider({
      label: 'Threshold',
      min: 0,
      max: 65535,
      step: 1,
      value: 0,
      testid: 'threshold',
      onInput: (threshold) => this.#change({ threshold }),
    });
    this.#manual.element.hidden = settings.threshold === 'auto';
    this.#show = choice(
      'Show',
      [
        ['raw', 'Image'],
        ['smoothed', 'Smoothed'],
        ['mask', 'Mask'],
        ['objects', 'Objects'],
      ],
      show,
      events.onShow,
    );
    this.#run.addEventListener('click', events.onRun);
    this.#cancel.addEventListener('click', events.onCancel);
    this.elements = [this.#settingsSection(), this.#viewSection()];
    this.enableObjects(false);
  }

  /** Shows the threshold that Otsu's method found for the preview. */
  setEstimate(value: number): void {
    this.#estimate = value;
    this.#estimateText.textContent = `Otsu ≈ ${format(value)}`;
  }

  /** Values the threshold may take: those of the channel. */
  setRange(low: number, high: number): void {
    const step = high - low > 64 ? 1 : (high - low) / 256;
    this.#manual.set(Number(this.#manual.input.value), { min: low, max: high, step });
  }

  setShow(show: Show): void {
    this.#show.set(show);
  }

  enableObjects(enabled: boolean): void {
    const input = this.#show.element.querySelector<HTMLInputElement>('input[value=objects]')!;
    input.disabled = !enabled;
    input.parentElement!.title = enabled ? '' : 'Objects are there after a run';
  }

  /** Shows how far a run is; undefined ends it. */
  setProgress(progress: { stage: string; fraction: number } | undefined): void {
    const running = progress !== undefined;
    this.#run.disabled = running;
    this.#cancel.disabled = !running;
    this.#progress.hidden = !running;
    if (!progress) return;
    this.#stage.textContent = progress.stage;
    this.#percent.textContent = `${Math.floor(progress.fraction * 100)}%`;
    this.#bar.value = progress.fraction;
  }

  #change(part: Partial<PipelineSettings>): void {
    this.#settings = { ...this.#settings, ...part };
    this.#events.onSettings(this.#settings);
  }

  #settingsSection(): HTMLElement {
    const { sigma, opening, minimumSize } = this.#settings;
    const channels = this.#image.channels.map(({ label }, i) => h('option', { value: i }, label));
    const channel = h('select', { id: 'pipeline-channel' }, ...channels);
    channel.value = String(this.#settings.channel);
    channel.addEventListener('change', () => this.#change({ channel: Number(channel.value) }));
    const threshold = choice(
      'Threshold',
      [
        ['auto', 'Otsu'],
        ['manual', 'Manual'],
      ],
      this.#settings.threshold === 'auto' ? 'auto' : 'manual',
      (mode) => this.#setThresholdMode(mode),
    );
    return section(
      'Segmentation',
      h('div', { class: 'field' }, h('label', { for: 'pipeline-channel' }, 'Channel'), channel),
      slider({
        label: 'Smoothing σ',
        min: 0,
        max: 8,
        step: 0.1,
        value: sigma,
        unit: 'px',
        testid: 'sigma',
        onInput: (value) => this.#change({ sigma: value }),
      }).element,
      threshold.element,
      this.#estimateText,
      this.#manual.element,
      slider({
        label: 'Opening radius',
        min: 0,
        max: 5,
        step: 1,
        value: opening,
        unit: 'px',
        testid: 'opening',
        onInput: (value) => this.#change({ opening: value }),
      }).element,
      this.#minimumSize(minimumSize),
      h('div', { class: 'actions' }, this.#run, this.#cancel),
      this.#progress,
    );
  }

  #minimumSize(value: number): HTMLElement {
    const units = unitsOf(this.#image);
    const hint = h('span', { class: 'hint' });
    const show = (pixels: number) => {
      hint.textContent =
        units.symbol === 'px' ? '' : `${format(pixels * units.x * units.y, 3)} ${units.areaSymbol}`;
    };
    show(value);
    const { element } = slider({
      label: 'Minimum size',
      min: 0,
      max: 1000,
      step: 10,
      value,
      unit: 'px',
      testid: 'minimum-size',
      onInput: (minimumSize) => {
        show(minimumSize);
        this.#change({ minimumSize });
      },
    });
    return h('div', {}, element, hint);
  }

  #setThresholdMode(mode: 'auto' | 'manual'): void {
    const manual = mode === 'manual';
    this.#manual.element.hidden = !manual;
    this.#estimateText.hidden = manual;
    // The hand starts where the automatic value was.
    if (manual && this.#estimate !== undefined) this.#manual.set(this.#estimate);
    this.#change({ threshold: manual ? Number(this.#manual.input.value) : 'auto' });
  }

  #viewSection(): HTMLElement {
    const opacity = slider({
      label: 'Overlay opacity',
      min: 0,
      max: 100,
      step: 1,
      value: 100,
      unit: '%',
      testid: 'opacity',
      onInput: (value) => this.#events.onOpacity(value / 100),
    });
    return section('View', this.#show.element, opacity.element);
  }
}
