// Plays a case from the replay document in the page: picture, axis, panel, table in step. Fetches nothing, so that the
// same player works in a file that stands alone.
import { whenVisible } from '../picture.js';
import { Axis } from './axis.js';
import { serve, write } from './panel.js';
import { Pictures } from './pictures.js';
import { complete } from './rows.js';
import { short } from './times.js';

const PACE = 1600; // milliseconds a moment at 1×
const ADDRESS = 250; // milliseconds without a step until the address follows: browsers refuse faster changes

class Player {
  constructor(root) {
    this.root = root;
    this.doc = JSON.parse(document.getElementById(root.dataset.putar).textContent);
    this.index = Math.min(Math.max(Number(root.dataset.langkahAwal) || 1, 1), this.doc.moments.length) - 1;
    this.speed = 1;
    this.timer = 0;
    this.panel = root.querySelector('.putar-saat');
    this.live = root.querySelector('[data-putar-kabar]');
    this.list = root.querySelector('.putar-lompat select');
    this.rows = new Map([ ...document.querySelectorAll('[data-kejadian]') ].map((row) => [ Number(row.dataset.kejadian), row ]));
    this.after = this.doc.moments.map(() => ({ notices: [], reads: [] }));
    for (const each of this.doc.notices) this.after[each.seq - 1].notices.push(each);
    for (const each of this.doc.reads) this.after[each.seq - 1].reads.push(each);
    this.axis = new Axis(root.querySelector('.putar-sumbu'), this.doc, (index) => this.jump(index));
    this.pictures = new Pictures(root.querySelector('.putar-gambar'), this.doc.versions,
      (id) => this.pick(id), (id, on) => this.hover(id, on));
    serve(root.dataset.lampiran);
    this.controls();
    this.keys();
    this.table();
    window.addEventListener('popstate', () => this.fromAddress());
    this.show(this.index, { quiet: true });
  }

  get last() { return this.doc.moments.length - 1; }

  /** Everything in step with one moment. */
  show(index, { glide = 0, quiet = false, ride = false } = {}) {
    const moment = this.doc.moments[index];
    this.index = index;
    this.axis.move(index, glide);
    if (!quiet || this.panel.dataset.seq) {
      write(this.panel, this.doc, moment, this.after[index]);
    }
    this.panel.dataset.seq = moment.seq;
    this.light(moment.seq);
    this.list.selectedIndex = index;
    this.ends();
    this.root.dataset.sekarang = moment.seq;
    this.pictures.show(moment, this.doc.marks[moment.marks], ride ? (picture) => picture.ride(moment.flows, this.speed) : null);
    if (!quiet && !this.timer) this.say(moment);
  }

  say(moment) {
    this.live.textContent = `Kejadian ${moment.seq} dari ${this.doc.moments.length}: ${moment.what}`
      + `${moment.step ? `, ${moment.step}` : ''}, ${short(moment.at)}, ${moment.by}.`;
  }

  /** The row of the table that the picture shows. */
  light(seq) {
    if (this.lit) {
      this.lit.classList.remove('sorot');
      this.lit.removeAttribute('aria-current');
    }
    this.lit = this.rows.get(seq);
    if (!this.lit) return;
    this.lit.classList.add('sorot');
    this.lit.setAttribute('aria-current', 'true');
  }

  /** One step or a jump that a person made. */
  step(by) {
    this.pause();
    const next = Math.min(Math.max(this.index + by, 0), this.last);
    if (next === this.index) return;
    this.show(next, { ride: by === 1 });
    this.address(false);
  }

  jump(index) {
    this.pause();
    if (index === this.index) return;
    this.show(index);
    this.address(true);
  }

  controls() {
    const moves = { awal: () => this.jump(0), mundur: () => this.step(-1), maju: () => this.step(1), akhir: () => this.jump(this.last) };
    this.buttons = new Map();
    for (const link of this.root.querySelectorAll('[data-putar-ke]')) {
      this.buttons.set(link.dataset.putarKe, link);
      link.addEventListener('click', (event) => {
        event.preventDefault();
        moves[link.dataset.putarKe]();
      });
    }
    this.main = this.root.querySelector('[data-putar-main]');
    this.main.hidden = false;
    this.main.addEventListener('click', () => (this.timer ? this.pause() : this.play()));
    const speed = this.root.querySelector('[data-putar-cepat]');
    speed.closest('label').hidden = false;
    speed.addEventListener('change', () => {
      this.speed = Number(speed.value);
      if (this.timer) { clearTimeout(this.timer); this.tick(); }
    });
    const form = this.root.querySelector('.putar-lompat');
    form.querySelector('button').hidden = true;
    form.addEventListener('submit', (event) => event.preventDefault());
    this.list.addEventListener('change', () => this.jump(this.list.selectedIndex));
  }

  ends() {
    const ends = { awal: this.index === 0, mundur: this.index === 0, maju: this.index === this.last, akhir: this.index === this.last };
    const near = { awal: 0, mundur: Math.max(this.index - 1, 0), maju: Math.min(this.index + 1, this.last), akhir: this.last };
    for (const [ name, link ] of this.buttons) {
      if (ends[name]) link.setAttribute('aria-disabled', 'true'); else link.removeAttribute('aria-disabled');
      link.href = `?langkah=${near[name] + 1}`;
    }
  }

  play() {
    if (this.index === this.last) this.show(0);
    this.face(true);
    this.tick();
  }

  tick() {
    this.timer = setTimeout(() => {
      if (this.index === this.last) { this.pause(); return; }
      this.show(this.index + 1, { glide: Math.min(PACE / this.speed, 500), ride: true });
      this.address(false);
      this.tick();
    }, PACE / this.speed);
  }

  pause() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = 0;
    this.face(false);
    this.say(this.doc.moments[this.index]);
  }

  face(playing) {
    this.root.toggleAttribute('data-berputar', playing);
    this.main.firstElementChild.textContent = playing ? '❚❚' : '▶';
    this.main.querySelector('[data-teks]').textContent = playing ? 'Jeda' : 'Putar';
  }

  /** Keys work on the player, and on the page where nothing else wants them. */
  keys() {
    const acts = {
      ArrowRight: () => this.step(1), ArrowLeft: () => this.step(-1), ArrowUp: () => this.step(1), ArrowDown: () => this.step(-1),
      PageUp: () => this.step(10), PageDown: () => this.step(-10), Home: () => this.jump(0), End: () => this.jump(this.last),
      ' ': () => (this.timer ? this.pause() : this.play())
    };
    const act = (event, names) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !names.includes(event.key)) return;
      event.preventDefault();
      acts[event.key]();
    };
    this.axis.lane.addEventListener('keydown', (event) => act(event, Object.keys(acts)));
    document.addEventListener('keydown', (event) => {
      const here = event.target;
      if (here === document.body || here.closest('.putar-kendali a')) act(event, [ 'ArrowRight', 'ArrowLeft' ]);
    });
  }

  /** Rows lead to the picture, elements of the picture to rows. */
  table() {
    this.about = new Map();
    for (const [ index, moment ] of this.doc.moments.entries()) {
      const ids = new Set([ moment.element, ...moment.passed, ...moment.tokens.map((token) => token.element) ]);
      for (const id of ids) if (id) this.about.set(id, [ ...(this.about.get(id) || []), index ]);
    }
    for (const [ seq, row ] of this.rows) this.lead(seq, row);
    complete(this.doc, this.after, (seq, row) => {
      this.rows.set(seq, row);
      this.lead(seq, row);
      if (seq === this.index + 1) this.light(seq);
    });
  }

  /** A row leads to its moment and lights up its element. */
  lead(seq, row) {
    const { element } = this.doc.moments[seq - 1];
    row.addEventListener('click', (event) => {
      const link = event.target.closest('a, summary, button');
      if (link && !link.matches('a[href^="?langkah="]')) return;
      event.preventDefault();
      this.jump(seq - 1);
      if (!link) return;
      this.axis.lane.focus({ preventScroll: true });
      this.root.scrollIntoView({ block: 'start', behavior: this.smooth() });
    });
    if (!element) return;
    row.addEventListener('mouseenter', () => this.pictures.current && this.pictures.current.light(element, true));
    row.addEventListener('mouseleave', () => this.pictures.current && this.pictures.current.light(element, false));
  }

  smooth() {
    return matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
  }

  /** The next event about an element, from the beginning again after the last. */
  pick(id) {
    const found = (this.about.get(id) || []).filter((index) => this.doc.moments[index].element === id);
    if (found.length) this.jump(found.find((index) => index > this.index) ?? found[0]);
  }

  hover(id, on) {
    for (const index of this.about.get(id) || []) {
      const moment = this.doc.moments[index];
      if (moment.element === id) this.rows.get(moment.seq)?.classList.toggle('disorot', on);
    }
  }

  /** The address names the moment: a jump can be gone back from, steps only keep it up to date. */
  address(push) {
    clearTimeout(this.following);
    const write_ = () => {
      const seq = this.doc.moments[this.index].seq;
      try {
        history[push ? 'pushState' : 'replaceState'](null, '', `?langkah=${seq}`);
      } catch {
        // A file that stands alone may not be allowed to change its address.
      }
    };
    if (push) write_(); else this.following = setTimeout(write_, ADDRESS);
  }

  fromAddress() {
    const seq = Number(new URLSearchParams(location.search).get('langkah')) || this.doc.moments.length;
    const index = Math.min(Math.max(seq, 1), this.last + 1) - 1;
    this.pause();
    if (index !== this.index) this.show(index);
  }
}

document.querySelectorAll('[data-putar]').forEach((root) => whenVisible(root, () => { root.player = new Player(root); }));
