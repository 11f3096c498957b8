// Keeps the draft saved while one draws: when, again after a failure, before the page goes. Knows no diagram.
import { clock } from './dom.js';
import { EVERY } from './mirror.js';

const PAUSE = 1500; // milliseconds without a change before it is saved
const LATEST = 4000; // and at the latest, while one goes on drawing
const AGAIN = [ 2000, 4000, 8000, 15_000, 30_000 ];
const KEEPALIVE = 60_000; // bytes; a browser refuses more than 64 KiB that outlive the page

/**
 * `content()` gives {xml, forms}; `tell(kind, text, error)` says how it stands: 'tersimpan', 'menyimpan', 'menunggu',
 * 'putus', 'bentrok', 'ditolak', 'sesi'.  `begun({draft, url})` and `saved({rev, at, others})` report success.
 */
export class Saving {
  constructor({ request, mirror, content, tell, begun, saved, tab, draft, rev }) {
    Object.assign(this, { request, mirror, content, tell, begun, saved, tab, draft, rev });
    this.version = this.kept = this.formsVersion = this.formsKept = this.failures = 0;
    this.busy = null;
    this.stopped = false; // after a conflict nothing is saved until the person has chosen
  }

  /** Follows the page: hidden, left, connected again. `flush` takes in what is being typed at that moment. */
  follow(flush) {
    window.addEventListener('pagehide', () => {
      flush();
      this.leave();
    });
    window.addEventListener('online', () => this.save());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) return;
      flush();
      this.save();
    });
  }

  get dirty() {
    return this.version > this.kept;
  }

  /** Something was drawn, or (`forms`) a form has changed. */
  change(forms = false) {
    this.version += 1;
    if (forms) this.formsVersion = this.version;
    this.since = this.since || Date.now();
    if (!this.failures && !this.stopped) {
      this.tell('menunggu', 'Belum tersimpan');
      this.plan(Math.min(PAUSE, Math.max(0, this.since + LATEST - Date.now())));
    }
    this.copySoon();
  }

  plan(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  copySoon() {
    if (this.copying) return;
    const wait = Math.max(0, (this.copied || 0) + EVERY - Date.now());
    this.copying = setTimeout(() => {
      this.copying = null;
      if (this.dirty) this.copy();
    }, Math.min(wait, EVERY));
  }

  copy() {
    this.copied = Date.now();
    this.mirror.write(this.draft, { ...this.content(), rev: this.rev });
  }

  body() {
    const { xml, forms } = this.content();
    const changed = !this.draft || this.formsVersion > this.formsKept;
    return JSON.stringify({
      ...(this.draft ? { rev: this.rev } : {}), tab: this.tab, xml, ...(changed ? { forms } : {}),
      ...(this.imported ? { impor: true } : {}) // so that what was drawn before an import stays in the history
    });
  }

  path() {
    return this.draft ? `draf/${this.draft}/simpan` : 'draf';
  }

  options(body) {
    return { keepalive: new Blob([ body ]).size < KEEPALIVE };
  }

  /** Saves what is not saved yet; resolves when nothing more can be done right now. */
  async save() {
    clearTimeout(this.timer);
    if (this.stopped || !this.dirty) return;
    if (this.busy) return this.busy;
    this.busy = this.send();
    try { await this.busy; } finally { this.busy = null; }
    if (this.dirty && !this.failures && !this.stopped) this.plan(PAUSE);
  }

  async send() {
    const { version, draft } = this;
    this.since = null;
    this.tell('menyimpan', 'Menyimpan…');
    try {
      const body = this.body();
      this.done(await this.request(this.path(), body, this.options(body)), version, draft);
    } catch (error) {
      this.failed(error);
    }
  }

  done(answer, version, draft) {
    this.failures = 0;
    this.rev = answer.rev;
    this.imported = false;
    this.kept = version;
    this.formsKept = version;
    if (!draft) {
      this.draft = answer.draft;
      this.begun(answer);
    }
    this.mirror.forget(draft);
    if (this.dirty) this.copy();
    this.tell(this.dirty ? 'menunggu' : 'tersimpan', this.dirty ? 'Belum tersimpan' : `Tersimpan ${clock(answer.at)}`);
    this.saved(answer);
  }

  failed(error) {
    this.copy();
    this.since = this.since || Date.now();
    if (error.status === 409) {
      this.stopped = true;
      return this.tell('bentrok', 'Belum tersimpan: draf sudah diubah orang lain', error);
    }
    this.failures += 1;
    if (error.status === 422 || error.status === 413) {
      this.failures = 0; // the same again would be refused again: the next change asks anew
      return this.tell('ditolak', `Belum tersimpan: ${error.message}`, error);
    }
    this.plan(AGAIN[Math.min(this.failures, AGAIN.length) - 1]);
    if ([ 400, 401, 404 ].includes(error.status)) return this.tell('sesi', `Belum tersimpan: ${error.message}`, error);
    return this.tell('putus', 'Belum tersimpan: sambungan terputus, dicoba lagi', error);
  }

  /** What is in the picture now is what the draft `rev` holds. */
  settle(rev, draft = this.draft) {
    clearTimeout(this.timer);
    this.mirror.forget(this.draft);
    Object.assign(this, { rev, draft, stopped: false, failures: 0, since: null });
    this.kept = this.formsKept = this.version;
    this.tell('tersimpan', `Tersimpan ${clock()}`);
  }

  /** Makes a new draft of the picture, after a conflict. */
  async branch() {
    this.mirror.forget(this.draft);
    Object.assign(this, { draft: null, rev: null, stopped: false, failures: 0 });
    this.version += 1;
    await this.save();
  }

  /** The page goes away: what can be sent is sent, and all of it stays in the browser until it is seen on the server. */
  leave() {
    if (!this.dirty) return;
    this.copy();
    if (this.stopped || (this.busy && !this.draft)) return; // one draft is being begun already
    const body = this.body();
    if (this.options(body).keepalive) this.request(this.path(), body, { keepalive: true }).catch(() => {});
  }
}
