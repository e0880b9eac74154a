// The table of objects: thousands of rows, of which those in view exist.
import { h } from './dom';
import type { Measurement } from './measurements';
import type { Objects } from './objects';
import { css } from './palette';

const ROW_HEIGHT = 26;
const MARGIN = 8;

export class ObjectTable {
  readonly element: HTMLElement;
  readonly #objects: Objects;
  readonly #measurements: readonly Measurement[];
  readonly #onSelect: (row: number) => void;
  readonly #head = h('div', { class: 'row head', role: 'row' });
  #columns: readonly Measurement[] = [];
  #headers: readonly HTMLElement[] = [];
  readonly #body = h('div', { class: 'rows', role: 'rowgroup' });
  readonly #scroller: HTMLElement;
  #order: Uint32Array = new Uint32Array(0);
  /** A measurement that stays the order even when its column is hidden. */
  #sort = { id: 'label', descending: false };
  #selected: number | undefined;

  constructor(
    objects: Objects,
    measurements: readonly Measurement[],
    columns: readonly string[],
    onSelect: (row: number) => void,
  ) {
    this.#objects = objects;
    this.#measurements = measurements;
    this.#onSelect = onSelect;
    this.#scroller = h(
      'div',
      {
        class: 'scroller',
        role: 'grid',
        tabindex: 0,
        'aria-label': 'Objects',
        'data-testid': 'region-table',
      },
      this.#head,
      this.#body,
    );
    this.element = this.#scroller;
    this.#scroller.addEventListener('scroll', () => this.#render(), { passive: true });
    this.#scroller.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.#render()).observe(this.#scroller);
    this.setColumns(columns);
  }

  /** Shows these measurements, in their own order. */
  setColumns(ids: readonly string[]): void {
    this.#columns = this.#measurements.filter(({ id }) => ids.includes(id));
    this.#headers = this.#columns.map((column) => this.#header(column));
    this.#head.replaceChildren(...this.#headers);
    this.#scroller.style.setProperty('--columns', String(this.#columns.length));
    this.#scroller.setAttribute('aria-colcount', String(this.#columns.length));
    this.update();
  }

  /** Shows the objects anew, as after another minimum size. */
  update(): void {
    const { value } = this.#measurements.find(({ id }) => id === this.#sort.id)!;
    const sign = this.#sort.descending ? -1 : 1;
    this.#order = this.#objects.rows.slice().sort((a, b) => sign * (value(a) - value(b)) || a - b);
    this.#headers.forEach((header, i) => {
      const active = this.#columns[i].id === this.#sort.id;
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
    const swatch = h('i', { class: 'swatch', style: `background: ${css(this.#objects.colorOf(label))}` });
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

  #header({ id, title, unit, hint }: Measurement): HTMLElement {
    const button = h(
      'button',
      { type: 'button', title: hint },
      title,
      ...(unit ? [h('small', {}, unit)] : []),
    );
    button.addEventListener('click', () => {
      const again = this.#sort.id === id;
      this.#sort = { id, descending: again ? !this.#sort.descending : id !== 'label' };
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
