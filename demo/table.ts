// The table of objects: thousands of rows, of which those in view exist.
import { h } from './dom';
import type { Objects } from './objects';
import { css, labelColor } from './palette';
import type { Units } from './units';

interface Column {
  readonly title: string;
  readonly unit?: string;
  readonly value: (row: number) => number;
  /** Digits after the point. */
  readonly digits: number;
}

const ROW_HEIGHT = 26;
const MARGIN = 8;

export class ObjectTable {
  readonly element: HTMLElement;
  readonly #objects: Objects;
  readonly #columns: readonly Column[];
  readonly #onSelect: (row: number) => void;
  readonly #headers: readonly HTMLElement[];
  readonly #body = h('div', { class: 'rows', role: 'rowgroup' });
  readonly #scroller: HTMLElement;
  #order: Uint32Array = new Uint32Array(0);
  #sort = { column: 0, descending: false };
  #selected: number | undefined;

  constructor(objects: Objects, units: Units, onSelect: (row: number) => void) {
    this.#objects = objects;
    this.#onSelect = onSelect;
    this.#columns = columnsOf(objects, units);
    this.#headers = this.#columns.map((column, i) => this.#header(column, i));
    this.#scroller = h(
      'div',
      {
        class: 'scroller',
        role: 'grid',
        tabindex: 0,
        'aria-label': 'Objects',
        'data-testid': 'region-table',
      },
      h('div', { class: 'row head', role: 'row' }, ...this.#headers),
      this.#body,
    );
    this.element = this.#scroller;
    this.#scroller.addEventListener('scroll', () => this.#render(), { passive: true });
    this.#scroller.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.#render()).observe(this.#scroller);
    this.update();
  }

  /** Shows the objects anew, as after another minimum size. */
  update(): void {
    const { value } = this.#columns[this.#sort.column];
    const sign = this.#sort.descending ? -1 : 1;
    this.#order = this.#objects.rows.slice().sort((a, b) => sign * (value(a) - value(b)) || a - b);
    this.#headers.forEach((header, i) => {
      const active = i === this.#sort.column;
      header.setAttribute(
        'aria-sort',
        active ? (this.#sort.descending ? 'descending' : 'ascending') : 'none',
      );
    });
    this.#scroller.setAttribute('aria-rowcount', String(this.#order.length + 1));
    this.#render();
  }

  /** Marks a row, scrolling to it. */
  select(row: number | undefined): void {
    this.#selected = row;
    const position = row === undefined ? -1 : this.#order.indexOf(row);
    if (position >= 0) {
      const top = position * ROW_HEIGHT;
      const room = this.#scroller.clientHeight - 2 * ROW_HEIGHT;
      if (top < this.#scroller.scrollTop) this.#scroller.scrollTop = top;
      else if (top > this.#scroller.scrollTop + room) this.#scroller.scrollTop = top - room;
    }
    this.#render();
  }

  #render(): void {
    const first = Math.max(0, Math.floor(this.#scroller.scrollTop / ROW_HEIGHT) - MARGIN);
    const count = Math.ceil(this.#scroller.clientHeight / ROW_HEIGHT) + 2 * MARGIN;
    this.#body.style.height = `${this.#order.length * ROW_HEIGHT}px`;
    const rows = [...this.#order.subarray(first, first + count)];
    this.#body.replaceChildren(...rows.map((row, i) => this.#row(row, first + i)));
    const active = this.#selected === undefined ? '' : rowId(this.#objects.column('label')[this.#selected]);
    this.#scroller.setAttribute('aria-activedescendant', active);
  }

  #row(row: number, position: number): HTMLElement {
    const label = this.#objects.column('label')[row];
    const swatch = h('i', { class: 'swatch', style: `background: ${css(labelColor(label))}` });
    const cells = this.#columns.map(({ value, digits }, i) =>
      h('span', { role: 'gridcell' }, ...(i === 0 ? [swatch] : []), value(row).toFixed(digits)),
    );
    const element = h(
      'div',
      {
        class: row === this.#selected ? 'row selected' : 'row',
        role: 'row',
        'aria-rowindex': position + 2,
        'aria-selected': row === this.#selected ? 'true' : 'false',
        'data-label': label,
        id: rowId(label),
        style: `top: ${position * ROW_HEIGHT}px`,
      },
      ...cells,
    );
    element.addEventListener('click', () => this.#onSelect(row));
    return element;
  }

  #header({ title, unit }: Column, index: number): HTMLElement {
    const button = h('button', { type: 'button' }, title, ...(unit ? [h('small', {}, ` ${unit}`)] : []));
    button.addEventListener('click', () => {
      const again = this.#sort.column === index;
      this.#sort = { column: index, descending: again ? !this.#sort.descending : index > 0 };
      this.#scroller.scrollTop = 0;
      this.update();
    });
    return h('div', { role: 'columnheader', 'aria-sort': 'none' }, button);
  }

  #key(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
    const step = steps[event.key];
    if (step === undefined || this.#order.length === 0) return;
    event.preventDefault();
    const position = this.#selected === undefined ? -1 : this.#order.indexOf(this.#selected);
    const next = Math.max(0, Math.min(this.#order.length - 1, position + step));
    this.#onSelect(this.#order[next]);
  }
}

const rowId = (label: number): string => `object-${label}`;

function columnsOf(objects: Objects, units: Units): Column[] {
  const [label, area, mean, y, x] = ['label', 'area', 'intensity_mean', 'centroid-0', 'centroid-1'].map(
    (name) => objects.column(name),
  );
  const pixelArea = units.x * units.y;
  const brightest = Array.from(mean).reduce((a, b) => Math.max(a, b), 0);
  // Four significant digits or so, aligned.
  const meanDigits = brightest >= 1000 ? 0 : brightest >= 10 ? 1 : 3;
  return [
    { title: 'ID', digits: 0, value: (row) => label[row] },
    {
      title: 'Area',
      unit: units.areaSymbol,
      digits: units.symbol === 'px' ? 0 : 1,
      value: (row) => area[row] * pixelArea,
    },
    { title: 'Mean', digits: meanDigits, value: (row) => mean[row] },
    { title: 'X', unit: units.symbol, digits: 1, value: (row) => x[row] * units.x },
    { title: 'Y', unit: units.symbol, digits: 1, value: (row) => y[row] * units.y },
  ];
}
