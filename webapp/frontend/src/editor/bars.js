// Messages above the picture: one line each, with what can be done about it. Knows no reason by itself.
import { make } from './dom.js';

export class Bars {
  constructor(place) {
    this.place = place;
    this.shown = new Map();
  }

  /** Shows (or replaces) the message `key`; `choices` are [text, action] pairs, each closes the message. */
  show(key, kind, text, choices = [], closable = false) {
    const buttons = choices.map(([ label, act ]) => make('button', {
      type: 'button', class: 'tombol ringkas', onclick: () => { this.hide(key); act(); }
    }, label));
    if (closable) {
      buttons.push(make('button', { type: 'button', class: 'tombol ringkas', onclick: () => this.hide(key) }, 'Tutup'));
    }
    const bar = make('div', {
      class: `kotak ${kind} sunting-pesan`, role: kind === 'galat' ? 'alert' : 'status', 'data-pesan': key
    },
      make('p', {}, text), buttons.length ? make('div', { class: 'tombol-baris' }, ...buttons) : null);
    const old = this.shown.get(key);
    if (old && old.dataset.teks === text) return;
    bar.dataset.teks = text;
    if (old) old.replaceWith(bar); else this.place.append(bar);
    this.shown.set(key, bar);
  }

  hide(key) {
    const bar = this.shown.get(key);
    if (!bar) return;
    bar.remove();
    this.shown.delete(key);
  }
}
