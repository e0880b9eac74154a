// The choice of columns of the table: a button that opens a list of checkboxes.
import { h } from './dom';
import type { Measurement } from './measurements';

/** `onChange` gets the ids chosen, in the order of `measurements`. The object's number is always shown. */
export function columnMenu(
  measurements: readonly Measurement[],
  chosen: readonly string[],
  onChange: (ids: string[]) => void,
): HTMLElement {
  const boxes = measurements.map(({ id }) =>
    h('input', { type: 'checkbox', value: id, checked: chosen.includes(id), disabled: id === 'label' }),
  );
  const rows = measurements.map(({ title, hint }, i) =>
    h('label', { title: hint }, boxes[i], h('span', {}, title), h('span', { class: 'what' }, hint)),
  );
  const list = h('div', { class: 'menu-list', role: 'group', 'aria-label': 'Columns' }, ...rows);
  list.addEventListener('change', () => {
    onChange(boxes.filter((box) => box.checked).map((box) => box.value));
  });
  const menu = h('details', { class: 'menu' }, h('summary', { 'data-testid': 'columns' }, 'Columns ▾'), list);
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary')!.focus();
  });
  menu.addEventListener('focusout', (event) => {
    // A press on what takes no focus, such as a label's text, is still inside.
    if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  return menu;
}
