// The editor's parts brought together: drawing, panel, findings, list of steps, files, draft.
import { createPanel } from './panel/index.js';
import { Bars } from './bars.js';
import { Checking } from './checking.js';
import { requester } from './dom.js';
import { Draft } from './draft.js';
import { download, replace, take } from './exchange.js';
import { Findings } from './findings.js';
import { Mirror } from './mirror.js';
import { SopModeler } from './modeler.js';
import { Steps } from './steps.js';
import { Toolbar } from './toolbar.js';
import { inWords, undrawn } from './undrawn.js';

const TEXT_FIELDS = 'input, textarea, select, [contenteditable=""], [contenteditable=true]';

/** The same for as long as this tab lives, also after a reload. */
function tabId() {
  const fresh = [ ...crypto.getRandomValues(new Uint8Array(8)) ].map((each) => each.toString(16).padStart(2, '0')).join('');
  try {
    const kept = sessionStorage.getItem('aduan:tab') || fresh;
    sessionStorage.setItem('aduan:tab', kept);
    return kept;
  } catch {
    return fresh;
  }
}

export class Editor {
  constructor(root, source) {
    this.root = root;
    this.source = source;
    this.part = (name) => root.querySelector(`[data-bagian=${name}]`);
    this.request = requester(root);
    this.bars = new Bars(this.part('pesan'));
    this.tab = tabId();
    this.mirror = new Mirror(root.dataset.proses, this.tab);
    this.loading = false;
  }

  async begin() {
    this.modeler = new SopModeler(this.part('kanvas'));
    this.context = this.makeContext();
    this.toolbar = new Toolbar(this.part('alat'), this.actions());
    this.draft = new Draft(this);
    this.saving = this.draft.saving;
    this.findings = new Findings(this.part('temuan'), this.modeler, (id) => this.select(id));
    this.checking = new Checking({
      request: this.request, content: () => this.content(),
      found: (list) => this.found(list), failed: () => this.findings.unknown()
    });
    this.steps = new Steps(this.part('daftar'), this.modeler, (id, focus) => this.select(id, focus));
    await this.draw(this.source.xml);
    this.part('palet').append(this.modeler.get('palette')._container);
    this.panel = createPanel(this.part('panel'), this.context);
    this.saving.follow(() => this.flush());
    this.watch();
    this.modeler.fit();
    this.first();
  }

  /** What the panel gets. */
  makeContext() {
    const listeners = new Map();
    const context = {
      modeler: this.modeler, processId: this.root.dataset.proses, forms: this.source.forms, findings: [],
      request: this.request, root: this.root.dataset, readOnly: false,
      on: (name, listener) => listeners.set(name, [ ...(listeners.get(name) || []), listener ]),
      emit: (name, value) => (listeners.get(name) || []).forEach((listener) => listener(value)),
      setForm: (key, schema) => {
        if (schema === undefined) delete context.forms[key]; else context.forms[key] = schema;
        this.changed(true);
        context.emit('forms', context.forms);
      },
      select: (id) => this.select(id),
      // To another page of the draft, once what was drawn is saved.
      go: (address) => this.go(() => address)
    };
    return context;
  }

  actions() {
    const stack = this.modeler.get('commandStack'), zoom = this.modeler.get('zoomScroll');
    return {
      undo: () => stack.canUndo() && stack.undo(),
      redo: () => stack.canRedo() && stack.redo(),
      closer: () => zoom.stepZoom(1), farther: () => zoom.stepZoom(-1), fit: () => this.modeler.fit(),
      steps: () => this.showSteps(!this.steps.open),
      take: (file) => this.take(file),
      download: (kind) => this.download(kind),
      compare: () => this.compare()
    };
  }

  /** Draws a text without counting it as a change of the person. */
  async draw(xml) {
    this.loading = true;
    try { await replace(this.modeler, xml); } finally { this.loading = false; }
  }

  watch() {
    this.modeler.on('commandStack.changed', () => {
      const stack = this.modeler.get('commandStack');
      this.toolbar.steady(stack.canUndo(), stack.canRedo());
      if (!this.loading) this.changed();
    });
    document.addEventListener('keydown', (event) => this.press(event));
    new ResizeObserver(() => this.modeler.resized()).observe(this.part('kanvas'));
    for (const link of document.querySelectorAll('.tab-draf a')) {
      link.addEventListener('click', (event) => this.depart(event, link));
    }
    this.steps.toggle(this.remembered());
    this.toolbar.steps.setAttribute('aria-expanded', String(this.steps.open));
    this.context.on('findings', (list) => this.findings.show(list));
  }

  first() {
    this.checking.now();
    const registry = this.modeler.get('elementRegistry');
    const unseen = undrawn(this.modeler.getDefinitions(), (each) => registry.get(each.id));
    if (unseen.length) {
      this.bars.show('tak-tampak', 'peringatan',
        `Tidak tampak dalam gambar, tetapi ikut dijalankan: ${inWords(unseen)}. Impor berkas yang gambarnya lengkap.`);
    }
    this.draft.begin();
    this.root.dataset.siap = '';
  }

  content() {
    return { xml: this.modeler.xmlNow(), forms: this.context.forms };
  }

  /** What is being typed, in the picture or beside it, counts as drawn. */
  flush() {
    const typing = this.modeler.get('directEditing');
    if (typing.isActive()) typing.complete();
    if (this.panel && this.panel.flush) this.panel.flush();
  }

  changed(forms = false) {
    this.saving.change(forms);
    this.checking.soon();
  }

  found(list) {
    this.context.findings = list;
    this.context.emit('findings', list);
  }

  /** Ctrl+Z and Ctrl+Y beside the picture too, but not while one types. */
  press(event) {
    const inside = event.target.closest && event.target.closest(`.djs-container > svg, ${TEXT_FIELDS}`);
    if (inside || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const back = key === 'z' && !event.shiftKey, forth = key === 'y' || (key === 'z' && event.shiftKey);
    if (!back && !forth) return;
    event.preventDefault();
    this.toolbar.actions[back ? 'undo' : 'redo']();
  }

  select(id, focus = true) {
    const element = id && this.modeler.get('elementRegistry').get(id);
    if (!element) return;
    const canvas = this.modeler.get('canvas');
    this.modeler.get('selection').select(element);
    const box = element.waypoints ? middle(element.waypoints) : element;
    const view = canvas.viewbox();
    canvas.viewbox({
      ...view, x: box.x + (box.width || 0) / 2 - view.width / 2, y: box.y + (box.height || 0) / 2 - view.height / 2
    });
    if (focus) canvas.focus();
  }

  showSteps(open) {
    this.steps.toggle(open);
    this.toolbar.steps.setAttribute('aria-expanded', String(open));
    try { localStorage.setItem('aduan:daftar-langkah', open ? 'ya' : 'tidak'); } catch { /* switched off */ }
  }

  remembered() {
    try { return localStorage.getItem('aduan:daftar-langkah') === 'ya'; } catch { return false; }
  }

  async take(file) {
    const before = this.content().xml;
    this.loading = true;
    try {
      const { findings } = await take(file, { modeler: this.modeler, request: this.request, forms: this.context.forms });
      this.modeler.fit();
      this.saving.imported = true;
      this.changed();
      this.found(findings);
      this.bars.show('impor', 'sukses', `${file.name} sudah diimpor.`,
        [ [ 'Kembalikan gambar sebelumnya', () => this.recall(before) ] ], true);
    } catch (error) {
      this.bars.show('impor', 'galat', `${file.name} tidak dapat diimpor: ${error.message} Gambar lama tetap ada.`, [], true);
    } finally {
      this.loading = false;
    }
  }

  async recall(xml) {
    await this.draw(xml);
    this.modeler.fit();
    this.changed();
  }

  async download(kind) {
    const { proses, draf } = this.root.dataset;
    this.flush();
    try {
      await download(this.modeler, draf ? `${proses}-draf-${draf}` : proses, kind);
    } catch {
      this.bars.show('unduh', 'galat', 'Berkas belum dapat dibuat. Coba lagi, atau unduh sebagai .bpmn.', [], true);
    }
  }

  compare() {
    const { proses } = this.root.dataset;
    this.flush();
    if (!this.saving.draft && !this.saving.dirty) {
      return this.bars.show('banding', '', 'Belum ada perubahan terhadap versi yang berlaku.', [], true);
    }
    return this.go(() => `/proses/${proses}/draf/${this.saving.draft}/perubahan`);
  }

  /** To another page of the draft, which must find what was just drawn. */
  depart(event, link) {
    this.flush();
    if (!this.saving.dirty || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.go(() => link.href);
  }

  async go(address) {
    this.flush();
    while (this.saving.dirty && !this.saving.failures && !this.saving.stopped) await this.saving.save();
    if (!this.saving.dirty) window.location.assign(address());
    else this.bars.show('pindah', 'peringatan', 'Gambar belum tersimpan, jadi halaman itu belum memuatnya.', [
      [ 'Tetap buka', () => window.location.assign(address()) ]
    ], true);
  }
}

function middle(points) {
  const half = Math.floor((points.length - 1) / 2);
  return { x: (points[half].x + points[half + 1].x) / 2, y: (points[half].y + points[half + 1].y) / 2 };
}
