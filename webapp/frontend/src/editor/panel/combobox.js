// A text field that offers completions (ARIA combobox with listbox). Knows neither variables nor expressions.
import { make } from '../dom.js';
import { COMPLETED } from './fields.js';

let numbers = 0;

/**
 * Returns {box, input, close}. `offers(text, caret)` gives {from, to, options: [{value, label, detail}]}, the part of
 * the text that an option replaces; `picked(option)` is told after the text has changed,
 * otherwise the field as COMPLETED. `always`: also an empty
 * word gets offers while one types.
 */
export function combobox({ offers, picked, always = false, attributes = {} }) {
  const listId = `sifat-daftar-${numbers += 1}`;
  const input = make('input', {
    type: 'text', class: 'masukan', role: 'combobox', autocomplete: 'off', spellcheck: 'false', 'aria-autocomplete': 'list',
    'aria-expanded': 'false', 'aria-controls': listId, 'aria-haspopup': 'listbox', ...attributes
  });
  const list = make('ul', { class: 'sifat-usul', role: 'listbox', id: listId, 'aria-label': 'Pilihan', hidden: true });
  const box = make('div', { class: 'sifat-kombo' }, input, list);
  let now = { options: [] };
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const choose = (option) => {
    const { from, to } = now;
    input.value = input.value.slice(0, from) + option.value + input.value.slice(to);
    const caret = from + option.value.length;
    input.setSelectionRange(caret, caret);
    close();
    if (picked) picked(option);
    else input.dispatchEvent(new Event(COMPLETED));
  };
  const point = (index) => {
    const count = now.options.length;
    active = (index + count) % count;
    [ ...list.children ].forEach((each, at) => each.setAttribute('aria-selected', String(at === active)));
    input.setAttribute('aria-activedescendant', list.children[active].id);
    list.children[active].scrollIntoView({ block: 'nearest' });
  };
  const open = (all = false) => {
    now = offers(input.value, input.selectionStart, all);
    if (!now.options.length) return close();
    list.replaceChildren(...now.options.map((option, index) => make('li', {
      role: 'option', id: `${listId}-${index}`, 'aria-selected': 'false',
      onmousedown: (event) => event.preventDefault(), onclick: () => choose(option)
    }, make('span', {}, option.label), option.detail ? make('small', {}, option.detail) : null)));
    list.hidden = false;
    active = -1;
    input.removeAttribute('aria-activedescendant');
    input.setAttribute('aria-expanded', 'true');
    list.scrollTop = 0;
    return list.scrollIntoView({ block: 'nearest' });
  };

  input.addEventListener('input', () => {
    if (always || /[\w'"]$/.test(input.value.slice(0, input.selectionStart))) open(); else close();
  });
  input.addEventListener('blur', close);
  if (always) input.addEventListener('click', () => { if (list.hidden) open(true); });
  input.addEventListener('keydown', (event) => {
    const shown = !list.hidden;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!shown) open(true);
      if (!list.hidden) point(active < 0 && event.key === 'ArrowUp' ? -1 : active + (event.key === 'ArrowUp' ? -1 : 1));
    } else if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      open(true);
    } else if (event.key === 'Enter' && shown && active >= 0) {
      event.preventDefault();
      choose(now.options[active]);
    } else if (event.key === 'Escape' && shown) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  return { box, input, close };
}
