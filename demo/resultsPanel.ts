// What a run found: count, distribution, table, exports.
import { columnMenu } from './columnMenu';
import { download, h } from './dom';
import type { Image } from './image';
import { DEFAULT_COLUMNS, type Measurement, rangeOf } from './measurements';
import type { Objects } from './objects';
import { RAMP_GRADIENT } from './palette';
import type { RunResult } from './pipeline';
import { makeHistogram } from './plot';
import { ObjectTable } from './table';
import { format } from './units';

const BINS = 40;

/** What somebody chose to see stays from run to run. */
const chosen = { columns: [...DEFAULT_COLUMNS], color: '' };

export interface ResultsEvents {
  readonly onSelect: (row: number) => void;
  /** Objects have other colours. */
  readonly onColor: () => void;
  readonly onError: (error: unknown) => void;
}

export class ResultsPanel {
  readonly element: HTMLElement;
  readonly #objects: Objects;
  readonly #measurements: readonly Measurement[];
  readonly #table: ObjectTable;
  readonly #count = h('output', { class: 'count', 'data-testid': 'object-count' });
  readonly #summary = h('figcaption', { class: 'hint', 'data-testid': 'summary' });
  readonly #ramp = h('div', { class: 'ramp', style: `background: ${RAMP_GRADIENT}`, 'aria-hidden': 'true' });
  readonly #stale = h('p', { class: 'stale', hidden: true }, 'Settings have changed since this run.');
  readonly #plot;

  constructor(
    image: Image,
    result: RunResult,
    objects: Objects,
    measurements: readonly Measurement[],
    events: ResultsEvents,
  ) {
    this.#objects = objects;
    this.#measurements = measurements;
    objects.coloredBy = this.#colored;
    this.#table = new ObjectTable(objects, measurements, chosen.columns, events.onSelect);
    this.#plot = makeHistogram({ height: 118, color: '#4cc2ff', axis: ' ' });
    const { threshold, settings, seconds } = result;
    const facts = `threshold ${format(threshold)} · σ ${settings.sigma} px · ${seconds.toFixed(1)} s`;
    const columns = columnMenu(measurements, chosen.columns, (ids) => {
      chosen.columns = ids;
      this.#table.setColumns(ids);
    });
    this.element = h(
      'div',
      { class: 'results-body' },
      h('div', { class: 'headline' }, h('h2', {}, this.#count, ' objects'), h('p', { class: 'hint' }, facts)),
      this.#stale,
      h('figure', { 'aria-label': 'Distribution' }, this.#summary, this.#plot.element, this.#ramp),
      h('div', { class: 'toolbar' }, this.#colorChoice(events), columns),
      this.#table.element,
      this.#exports(image, events),
    );
    this.update();
  }

  /** Another minimum size. */
  update(): void {
    this.#objects.coloredBy = this.#colored;
    this.#count.textContent = String(this.#objects.count);
    this.#plotDistribution();
    this.#table.update();
  }

  setStale(stale: boolean): void {
    this.#stale.hidden = !stale;
  }

  select(row: number | undefined): void {
    this.#table.select(row);
  }

  get #colored(): Measurement | undefined {
    return this.#measurements.find(({ id }) => id === chosen.color);
  }

  /** The histogram is of what the colours stand for, or else of the areas. */
  #plotDistribution(): void {
    const { rows } = this.#objects;
    const measurement = this.#colored ?? this.#measurements.find(({ id }) => id === 'area')!;
    const { title, unit = '' } = measurement;
    const values = Float64Array.from(rows, (row) => measurement.value(row)).sort();
    const median = values.length
      ? `Median ${title.toLowerCase()} ${format(values[values.length >> 1], 3)} ${unit}`
      : '';
    this.#summary.textContent = median || 'No object is large enough.';
    const [low, high] = rangeOf(measurement, rows);
    const counts = new Float64Array(BINS);
    for (const value of values) {
      const bin = Math.floor(((value - low) / (high - low)) * BINS);
      counts[Math.max(0, Math.min(BINS - 1, bin))]++;
    }
    this.#plot.set(counts, low, high, unit ? `${title} (${unit})` : title);
    this.#ramp.hidden = this.#colored === undefined;
  }

  #colorChoice({ onColor }: ResultsEvents): HTMLElement {
    const select = h(
      'select',
      { 'data-testid': 'color-by', 'aria-label': 'Colour by' },
      h('option', { value: '' }, 'Object'),
      ...this.#measurements
        .filter(({ id }) => id !== 'label')
        .map(({ id, title }) => h('option', { value: id, selected: id === chosen.color }, title)),
    );
    select.addEventListener('change', () => {
      chosen.color = select.value;
      this.update();
      onColor();
    });
    return h('label', { class: 'color-by' }, 'Colour by ', select);
  }

  #exports(image: Image, { onError }: ResultsEvents): HTMLElement {
    const name = image.name.replace(/[^\w.-]+/g, '-') || 'image';
    const save = (format: 'CSV' | 'JSON', text: () => string, type: string) => {
      const id = format.toLowerCase();
      const button = h('button', { type: 'button', 'data-testid': `export-${id}` }, format);
      button.title = `All measurements of the objects on show, as ${format}`;
      button.addEventListener('click', () => download(`${name}-objects.${id}`, text(), type));
      return button;
    };
    const labels = h('button', { type: 'button', 'data-testid': 'export-labels' }, 'Labels');
    labels.title = 'The label image as zipped OME-Zarr';
    labels.addEventListener('click', async () => {
      labels.disabled = true;
      try {
        download(`${name}-labels.ome.zarr.zip`, await this.#objects.toZip(image), 'application/zip');
      } catch (error) {
        onError(error);
      } finally {
        labels.disabled = false;
      }
    });
    return h(
      'div',
      { class: 'actions', role: 'group', 'aria-label': 'Export' },
      h('span', { class: 'hint' }, 'Export'),
      save('CSV', () => this.#objects.toCSV(), 'text/csv'),
      save('JSON', () => this.#objects.toJSON(), 'application/json'),
      labels,
    );
  }
}
