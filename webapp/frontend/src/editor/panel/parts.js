// Pieces of the panel: each has a node and a sync() that brings it up to what the picture says. Knows no diagram.
import { make } from '../dom.js';

export const part = (node, sync = () => {}) => ({ node, sync });

/** One below the other. */
export function stack(...parts) {
  return part(make('div', { class: 'sifat-tumpuk' }, ...parts.map(({ node }) => node)), () => parts.forEach((each) => each.sync()));
}

/** Several parts under one heading, or without; `folded` hides them until they are asked for. */
export function section(title, parts, { folded = false, key } = {}) {
  const inner = parts.filter(Boolean);
  const head = title ? make(folded ? 'summary' : 'h3', {}, title) : null;
  const box = make('div', { class: 'sifat-isi' }, ...inner.map(({ node }) => node));
  const node = make(folded ? 'details' : 'section', { class: 'sifat-bagian', 'data-bagian-sifat': key || title }, head, box);
  return part(node, () => inner.forEach((each) => each.sync()));
}

export function text(words, className = 'bantuan') {
  const say = typeof words === 'function' ? words : () => words;
  const node = make('p', { class: className });
  const sync = () => {
    const now = say() || '';
    node.hidden = !now;
    if (node.textContent !== now) node.textContent = now;
  };
  sync();
  return part(node, sync);
}

export function button(panel, label, act, { key, enabled = () => true, title, className = '' }) {
  const node = make('button', {
    type: 'button', id: `sifat-${key}`, class: `tombol ringkas ${className}`.trim(), title, onclick: () => {
      if (node.getAttribute('aria-disabled') !== 'true') act();
    }
  }, label);
  // Not `disabled`: the focus would fall out of the panel when the button has done its last work.
  const sync = () => node.setAttribute('aria-disabled', String(!enabled()));
  sync();
  return part(node, sync);
}

export function row(...parts) {
  return part(make('div', { class: 'sifat-baris' }, ...parts.map(({ node }) => node)), () => parts.forEach((each) => each.sync()));
}

/** What is kept of the focus while a node is filled anew. */
function keepFocus(node) {
  const focused = node.contains(document.activeElement) && document.activeElement;
  const { id, selectionStart, selectionEnd } = focused || {};
  return () => {
    const again = id && document.getElementById(id);
    if (!again || again === document.activeElement || !node.contains(again)) return;
    again.focus({ preventScroll: true });
    if (typeof selectionStart === 'number' && again.setSelectionRange) again.setSelectionRange(selectionStart, selectionEnd);
  };
}

/**
 * Parts that are made anew when `key()` has changed. While one types in them they stay as they are: what is
 * typed may change the key at every letter.
 */
export function changing(panel, key, build, tag = 'div', attributes = { class: 'sifat-tumpuk' }) {
  const node = make(tag, attributes);
  let seen;
  let parts = [];
  const sync = () => {
    const now = JSON.stringify(key());
    const typing = panel.visiting && node.contains(panel.visiting);
    if (now === seen || typing) {
      parts.forEach((each) => each.sync());
      return;
    }
    seen = now;
    const focusAgain = keepFocus(node);
    parts = build().filter(Boolean);
    node.replaceChildren(...parts.map((each) => each.node));
    focusAgain();
  };
  sync();
  return part(node, sync);
}
