// The time axis: real time from left to right, office hours shaded, long pauses hatched and foldable, a mark an event.
import { make } from '../picture.js';
import { day, instant, midnights } from './times.js';

const FOLDED = 0.035; // share of the axis that a folded pause keeps
const SPECIAL = { token_moved: 'luar', case_reopened: 'luar', case_withdrawn: 'luar', case_cancelled: 'luar',
  task_moved: 'luar', variable_set: 'luar', case_migrated: 'versi', incident_raised: 'galat', incident_retried: 'galat',
  incident_skipped: 'galat', timer_fired: 'waktu', case_erased: 'luar' };

export class Axis {
  constructor(root, doc, go) {
    Object.assign(this, { root, doc, go });
    this.start = instant(doc.moments[0].at);
    this.end = Math.max(instant(doc.until), this.start + 1);
    this.folded = false;
    this.lane = make('div', 'putar-jalur');
    this.lane.setAttribute('role', 'slider');
    this.lane.tabIndex = 0;
    this.lane.setAttribute('aria-label', 'Kejadian pada sumbu waktu');
    this.lane.setAttribute('aria-valuemin', '1');
    this.lane.setAttribute('aria-valuemax', String(doc.moments.length));
    this.head = make('span', 'putar-kepala');
    this.drawing = make('div', 'putar-jalur-isi');
    this.drawing.setAttribute('aria-hidden', 'true');
    const track = make('div', 'putar-jalur-isi');
    track.append(this.head);
    this.lane.append(this.drawing, track);
    root.append(this.lane, this.legend());
    root.hidden = false;
    this.draw();
    this.lane.addEventListener('pointerdown', (event) => this.drag(event));
  }

  legend() {
    const legend = make('div', 'putar-legenda');
    const item = (kind, text) => {
      const each = make('span', '');
      each.append(make('i', `putar-contoh ${kind}`), make('span', '', text));
      legend.append(each);
    };
    item('kerja', 'jam kerja');
    if (this.doc.idle.length) item('sepi', 'lama tanpa kejadian');
    item('luar', 'di luar diagram');
    if (this.doc.idle.length) {
      this.button = make('button', 'tombol ringkas', 'Lipat waktu sepi');
      this.button.type = 'button';
      this.button.addEventListener('click', () => this.fold());
      legend.append(this.button);
    }
    return legend;
  }

  fold() {
    this.folded = !this.folded;
    this.button.textContent = this.folded ? 'Bentangkan waktu sepi' : 'Lipat waktu sepi';
    this.draw();
    this.move(this.shown);
  }

  /** Knots of the axis: [instant, share of the width]. Folded pauses share what the rest leaves. */
  knots() {
    if (!this.folded) return [ [ this.start, 0 ], [ this.end, 1 ] ];
    const pauses = this.doc.idle.map((each) => [ instant(each.start), instant(each.end) ]);
    const idle = pauses.reduce((sum, [ from, to ]) => sum + to - from, 0);
    const pause = Math.min(FOLDED, 0.7 / pauses.length);
    const busy = this.end - this.start - idle, rest = 1 - pause * pauses.length;
    const width = (from, to) => (busy > 0 ? (to - from) / busy * rest : 0);
    const found = [ [ this.start, 0 ] ];
    let at = this.start, x = 0;
    for (const [ from, to ] of pauses) {
      x += width(at, from);
      found.push([ from, x ]);
      x += pause;
      found.push([ to, x ]);
      at = to;
    }
    found.push([ this.end, busy > 0 ? 1 : x ]);
    const last = found[found.length - 1][1];
    return found.map(([ when, where ]) => [ when, where / last ]);
  }

  /** Share of the width (0 to 1) at which an instant lies. */
  place(ms) {
    const knots = this.scale;
    let low = 0, high = knots.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (knots[middle][0] <= ms) low = middle; else high = middle;
    }
    const [ [ from, left ], [ to, right ] ] = [ knots[low], knots[high] ];
    return to > from ? left + (right - left) * Math.min(Math.max((ms - from) / (to - from), 0), 1) : right;
  }

  span(from, to, kind, title) {
    const node = make('span', kind);
    const left = this.place(from), width = this.place(to) - left;
    if (width < 0.0006) return;
    node.style.left = `${left * 100}%`;
    node.style.width = `${width * 100}%`;
    if (title) node.title = title;
    this.fresh.push(node);
  }

  draw() {
    this.scale = this.knots();
    this.fresh = [];
    for (const each of this.doc.working) this.span(instant(each.start), instant(each.end), 'putar-kerja');
    for (const each of this.doc.idle) this.span(instant(each.start), instant(each.end), 'putar-sepi', each.words);
    this.ticks();
    this.places = this.doc.moments.map((moment) => this.place(instant(moment.at)));
    for (const [ index, moment ] of this.doc.moments.entries()) {
      const dot = make('span', `putar-titik ${SPECIAL[moment.type] || ''}`);
      dot.style.left = `${this.places[index] * 100}%`;
      this.fresh.push(dot);
    }
    this.drawing.replaceChildren(...this.fresh);
    delete this.fresh;
  }

  ticks() {
    const marks = midnights(this.start, this.end, this.lane.clientWidth < 600 ? 4 : 9);
    let last = -1;
    for (const ms of marks) {
      const at = this.place(ms);
      if (at - last < 0.07 || at > 0.96) continue;
      const tick = make('span', 'putar-hari', day(ms));
      tick.style.left = `${at * 100}%`;
      this.fresh.push(tick);
      last = at;
    }
  }

  /** Puts the head on a moment (its index); `glide` milliseconds long. */
  move(index, glide = 0) {
    const moment = this.doc.moments[index];
    this.shown = index;
    this.head.style.transitionDuration = `${glide}ms`;
    this.head.style.left = `${this.places[index] * 100}%`;
    this.lane.setAttribute('aria-valuenow', String(moment.seq));
    this.lane.setAttribute('aria-valuetext', `Kejadian ${moment.seq}: ${moment.what}${moment.step ? `, ${moment.step}` : ''}`);
  }

  nearest(x) {
    let best = 0;
    this.places.forEach((place, index) => {
      if (Math.abs(place - x) < Math.abs(this.places[best] - x)) best = index;
    });
    return best;
  }

  drag(event) {
    if (event.button) return;
    const edge = this.drawing.getBoundingClientRect();
    const follow = (each) => this.go(this.nearest((each.clientX - edge.left) / edge.width));
    follow(event);
    this.lane.setPointerCapture(event.pointerId);
    this.lane.addEventListener('pointermove', follow);
    this.lane.addEventListener('lostpointercapture', () => this.lane.removeEventListener('pointermove', follow), { once: true });
  }
}
