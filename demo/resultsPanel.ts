// What a run found: count, sizes, table, exports.
import { download, h } from './dom';
import type { Image } from './image';
import type { Objects } from './objects';
import type { RunResult } from './pipeline';
import { makeHistogram } from './plot';
import { ObjectTable } from './table';
import { format, type Units, unitsOf } from './units';

const BINS = 40;

export interface ResultsEvents {
  readonly onSelect: (row: number) => void;
  readonly onError: (error: unknown) => void;
}

export class ResultsPanel {
  readonly element: HTMLElement;
  readonly #objects: Objects;
  readonly #units: Units;
  readonly #table: ObjectTable;
  readonly #count = h('output', { class: 'count', 'data-testid': 'object-count' });
  readonly #summary = h('p', { class: 'hint' });
  readonly #stale = h('p', { class: 'stale', hidden: true }, 'Settings have changed since this run.');
  readonly #plot;

  constructor(image: Image, result: RunResult, objects: Objects, events: ResultsEvents) {
    this.#objects = objects;
    this.#units = unitsOf(image);
    this.#table = new ObjectTable(objects, this.#units, events.onSelect);
    this.#plot = makeHistogram({ height: 118, color: '#4cc2ff', axis: `Area (${this.#units.areaSymbol})` });
    const { threshold, settings, seconds } = result;
    const facts = `threshold ${format(threshold)} · σ ${settings.sigma} px · ${seconds.toFixed(1)} s`;
    this.element = h(
      'div',
      { class: 'results-body' },
      h('div', { class: 'headline' }, h('h2', {}, this.#count, ' objects'), h('p', { class: 'hint' }, facts)),
      this.#stale,
      this.#summary,
      h('figure', { 'aria-label': 'Histogram of areas' }, this.#plot.element),
      this.#table.element,
      this.#exports(image, events),
    );
    this.update();
  }

  /** Another minimum size. */
  update(): void {
    const { count, rows } = this.#objects;
    this.#count.textContent = String(count);
    const pixelArea = this.#units.x * this.#units.y;
    const areas = Float64Array.from(rows, (row) => this.#objects.column('area')[row] * pixelArea).sort();
    const median = areas[areas.length >> 1];
    this.#summary.textContent = count
      ? `Median area ${format(median, 3)} ${this.#units.areaSymbol}`
      : 'No object is large enough.';
    // Single giants (clumps) would squeeze all others into the first bins.
    const top = areas.length
      ? Math.min(areas[areas.length - 1], 2 * areas[Math.floor(areas.length * 0.98)])
      : 1;
    const counts = new Float64Array(BINS);
    for (const area of areas) counts[Math.min(BINS - 1, Math.floor((area / top) * BINS))]++;
    this.#plot.set(counts, 0, top);
    this.#table.update();
  }

  setStale(stale: boolean): void {
    this.#stale.hidden = !stale;
  }

  select(row: number | undefined): void {
    this.#table.select(row);
  }

  #exports(image: Image, { onError }: ResultsEvents): HTMLElement {
    const name = image.name.replace(/[^\w.-]+/g, '-') || 'image';
    const csv = h('button', { type: 'button', 'data-testid': 'export-csv' }, 'Export CSV');
    csv.addEventListener('click', () => download(`${name}-objects.csv`, this.#objects.toCSV(), 'text/csv'));
    const labels = h('button', { type: 'button', 'data-testid': 'export-labels' }, 'Export labels');
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
    return h('div', { class: 'actions' }, csv, labels);
  }
}
