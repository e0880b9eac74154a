// Making elements in one expression.

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with attributes (true sets, false and undefined leave out) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/** The element of index.html with this id. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element as T;
}

/** A collapsible section of a side panel. */
export function section(title: string, ...children: readonly (Node | string)[]): HTMLDetailsElement {
  return h('details', { class: 'section', open: true }, h('summary', {}, title), ...children);
}

/** Gives the browser a file to save. */
export function download(name: string, data: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([data], { type }));
  h('a', { href: url, download: name }).click();
  // The download has started by then; revoking at once would cancel it in some browsers.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

let ids = 0;

export interface SliderOptions {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  readonly unit?: string;
  readonly testid?: string;
  readonly onInput: (value: number) => void;
}

export interface Slider {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  set(value: number, range?: { min: number; max: number; step?: number }): void;
}

/** A labelled slider with its value in digits. */
export function slider({ label, unit = '', testid, onInput, ...range }: SliderOptions): Slider {
  const id = `slider-${++ids}`;
  const input = h('input', { type: 'range', id, 'data-testid': testid, ...range });
  // Screen readers get the value from the slider itself.
  const output = h('span', { class: 'value', 'aria-hidden': 'true' });
  const show = () => {
    const text = `${Number(Number(input.value).toPrecision(6))}${unit && ` ${unit}`}`;
    output.textContent = text;
    input.setAttribute('aria-valuetext', text);
    const { min, max, value } = input;
    input.style.setProperty(
      '--fill',
      `${((Number(value) - Number(min)) / (Number(max) - Number(min) || 1)) * 100}%`,
    );
  };
  input.addEventListener('input', () => {
    show();
    onInput(Number(input.value));
  });
  show();
  return {
    element: h('div', { class: 'field' }, h('label', { for: id }, label), output, input),
    input,
    set(value, newRange) {
      if (newRange) {
        input.min = String(newRange.min);
        input.max = String(newRange.max);
        if (newRange.step) input.step = String(newRange.step);
      }
      input.value = String(value);
      show();
    },
  };
}

/** A row of exclusive choices, keyboard operable as radio buttons are. */
export function choice<T extends string>(
  legend: string,
  options: readonly (readonly [value: T, label: string])[],
  value: T,
  onChange: (value: T) => void,
): { element: HTMLElement; set(value: T): void } {
  const name = `choice-${++ids}`;
  const inputs = options.map(([v]) => h('input', { type: 'radio', name, value: v, checked: v === value }));
  const labels = options.map(([, label], i) => h('label', {}, inputs[i], h('span', {}, label)));
  const element = h('fieldset', { class: 'choice' }, h('legend', {}, legend), h('div', {}, ...labels));
  inputs.forEach((input, i) => {
    input.addEventListener('change', () => onChange(options[i][0]));
  });
  return {
    element,
    set(next) {
      for (const input of inputs) input.checked = input.value === next;
    },
  };
}
