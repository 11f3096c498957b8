// Tries a diagram: keeps what was done since the start, asks the server where the made-up case stands then.
// Knows no diagram and no form: panel, journal and marks come from the server.
import { drawPicture } from './picture_marks.js';
import { fillExample, prepareForms, typedIn } from './typed.js';
import { prepareScenarios } from './scenarios.js';

const root = document.querySelector('[data-coba]');
const KEY = `coba:${location.pathname}`;

const store = {
  read() {
    try { return JSON.parse(sessionStorage.getItem(KEY)) || {}; } catch { return {}; }
  },
  write(value) {
    try { sessionStorage.setItem(KEY, JSON.stringify(value)); } catch { /* full or off: a reload begins anew */ }
  }
};

class Simulation {
  constructor() {
    const kept = store.read();
    this.started = kept.started || null;
    this.actions = Array.isArray(kept.actions) ? kept.actions : [];
    this.role = kept.role || null;
    this.rev = Number(root.dataset.rev);
    this.panel = root.querySelector('[data-panel]');
    this.record = root.querySelector('[data-catatan]');
    this.news = root.querySelector('[data-kabar]');
    this.picture = null;
    this.busy = false;
    this.pressed = [];
  }

  /** Posts JSON; answers what came back, or null after saying what went wrong. */
  async ask(url, body) {
    root.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(url, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': root.dataset.token },
        body: JSON.stringify(body)
      });
      const found = await answer.json().catch(() => ({}));
      if (answer.ok) return found;
      this.complain(found.message || 'Server tidak menjawab dengan benar. Coba lagi.');
    } catch {
      this.complain('Server tidak terjangkau. Periksa sambungan, lalu coba lagi.');
    } finally {
      root.removeAttribute('aria-busy');
    }
    return null;
  }

  complain(message) {
    this.panel.querySelector('[data-keluhan]')?.remove();
    const box = document.createElement('p');
    box.className = 'kotak galat';
    box.setAttribute('role', 'alert');
    box.dataset.keluhan = '';
    box.textContent = message;
    this.panel.prepend(box);
    box.scrollIntoView({ block: 'nearest' });
  }

  /** One action more. Moves of the clock pressed while the server still answers are done after it, in order. */
  move(waktu, focus) {
    this.pressed.push([ waktu, focus ]);
    this.doPressed();
  }

  doPressed() {
    if (this.busy || !this.pressed.length) return;
    const [ waktu, focus ] = this.pressed.shift();
    this.go([ ...this.actions, { waktu } ], focus);
  }

  /** Asks for the situation after `actions`. Where the server stops, the actions end. */
  async go(actions, focus, started = this.started) {
    if (this.busy) return;
    this.busy = true;
    const found = await this.ask(root.dataset.coba, { actions, started });
    this.busy = false;
    if (!found) {
      this.pressed = [];
      return;
    }
    const forward = found.applied > this.actions.length || found.applied < actions.length;
    this.actions = actions.slice(0, found.applied);
    this.started = found.started;
    this.panel.innerHTML = found.panel;
    this.record.innerHTML = found.record;
    prepareForms(this.panel);
    this.show(this.roleAfter(found, forward));
    this.keep();
    this.news.textContent = found.said;
    if (focus) focus();
    if (this.rev !== found.rev) {
      this.rev = found.rev;
      await this.picture?.reload();
    }
    this.marks = found.marks;
    this.picture?.mark(found.marks);
    this.doPressed();
  }

  /** Going on, the chosen role stays; after a step back or a reload one is shown that has something to do. */
  roleAfter(found, forward) {
    const known = [ ...this.panel.querySelectorAll('[data-peran]') ].map((each) => each.dataset.peran);
    if (!known.includes(this.role)) return found.role;
    const open = this.panel.querySelector(`[data-peran="${CSS.escape(this.role)}"] form`);
    return forward || open ? this.role : found.role;
  }

  show(role) {
    this.role = role;
    for (const each of this.panel.querySelectorAll('[data-peran]')) each.hidden = each.dataset.peran !== role;
    for (const each of this.panel.querySelectorAll('.coba-tab [data-pilih-peran]')) {
      each.setAttribute('aria-pressed', String(each.dataset.pilihPeran === role));
    }
  }

  keep() {
    store.write({ started: this.started, actions: this.actions, role: this.role });
  }

  /** To the mistakes of a form, else to what is to be done next. */
  toWork() {
    const place = this.panel.querySelector('[data-peran]:not([hidden])');
    const next = this.panel.querySelector('[data-fokus]')
      || place?.querySelector('h3, [data-pilih-peran]')
      || this.panel.querySelector('[data-mundur]');
    next?.focus();
  }
}

function listen(simulation) {
  const { panel } = simulation;
  const again = (selector) => () => panel.querySelector(selector)?.focus();

  panel.addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.target;
    if (form.dataset.isi) {
      const action = { isi: form.dataset.isi, nilai: typedIn(form) };
      if (Number(form.dataset.task)) action.task = Number(form.dataset.task);
      simulation.go([ ...simulation.actions, action ], () => simulation.toWork());
    } else if ('keTanggal' in form.dataset && form.reportValidity()) {
      simulation.move(form.elements.waktu.value, again('#coba-tanggal'));
    }
  });
  panel.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    const { dataset } = button;
    if (dataset.waktu) {
      simulation.move(dataset.waktu, again(`[data-gerak=${dataset.gerak}]`));
    } else if ('mundur' in dataset) {
      simulation.go(simulation.actions.slice(0, -1), again('[data-mundur]'));
    } else if ('mulaiLagi' in dataset) {
      simulation.role = null;
      simulation.go([], again('[data-mulai-lagi]'), null);
    } else if (dataset.pilihPeran !== undefined) {
      const inside = button.closest('[data-peran]');
      simulation.show(dataset.pilihPeran);
      simulation.keep();
      if (inside) simulation.toWork();
    } else if ('isiContoh' in dataset) {
      fillExample(button.form);
    }
  });
}

/** A click on an open task in the picture leads to its form. */
function follow(simulation) {
  return (element) => {
    const sheet = simulation.panel.querySelector(`[data-langkah="${CSS.escape(element)}"]`);
    if (!sheet) return;
    simulation.show(sheet.closest('[data-peran]').dataset.peran);
    simulation.keep();
    sheet.querySelector('h3').focus();
  };
}

async function begin() {
  const simulation = new Simulation();
  listen(simulation);
  prepareScenarios(root, simulation);
  drawPicture(root.querySelector('[data-gambar]'), follow(simulation)).then((picture) => {
    simulation.picture = picture;
    if (simulation.marks) picture?.mark(simulation.marks);
  });
  await simulation.go(simulation.actions);
}

if (root) begin();
