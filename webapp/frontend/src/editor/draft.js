// How it stands with the draft: what is told of saving, conflicts, others in it, copies of earlier visits.
import { clock } from './dom.js';
import { inWords, Presence } from './presence.js';
import { Saving } from './saving.js';

export class Draft {
  constructor(editor) {
    const { root, request, bars, mirror, tab } = editor;
    Object.assign(this, { editor, root, request, bars, mirror, tab });
    this.presence = new Presence({ request, tab, seen: (answer) => this.seen(answer) });
    this.saving = this.makeSaving();
  }

  makeSaving() {
    const { draf, rev, disimpan } = this.root.dataset;
    const saving = new Saving({
      request: this.request, mirror: this.mirror, tab: this.tab, draft: Number(draf) || null, rev: Number(rev) || null,
      content: () => this.editor.content(),
      tell: (kind, text, error) => this.tell(kind, text, error),
      begun: (answer) => this.begun(answer),
      saved: (answer) => {
        this.others(answer.others || []);
        this.editor.context.emit('saved', answer);
      }
    });
    if (saving.draft) this.tell('tersimpan', `Tersimpan ${clock(disimpan)}`);
    else this.tell('tersimpan', 'Belum ada perubahan');
    return saving;
  }

  /** Once the picture is drawn: offers what was left behind, and says that this tab is here. */
  begin() {
    const { draft } = this.saving;
    const copy = this.mirror.left(draft, this.editor.content());
    if (copy) this.offerCopy(copy);
    if (!draft) return;
    // Another draft may be newer at the next reload; this page stays with its own.
    window.history.replaceState(null, '', `?draf=${draft}`);
    this.presence.follow(draft);
  }

  tell(kind, text, error) {
    this.editor.toolbar.tell(kind, text);
    if (kind === 'bentrok') return this.conflict(error);
    if (kind === 'sesi' || kind === 'ditolak' || kind === 'putus') {
      const kept = this.mirror.full ? 'Unduh .bpmn supaya tidak hilang.' : 'Gambar Anda tersimpan di peramban ini.';
      const reason = kind === 'putus' ? 'Sambungan ke server terputus; penyimpanan dicoba lagi terus.' : error.message;
      this.bars.show('simpan', 'peringatan', `${reason} ${kept}`);
    } else if (kind === 'tersimpan') this.bars.hide('simpan');
  }

  conflict({ message, answer }) {
    const who = answer && answer.by;
    const reason = who ? `${who} menyimpan draf ini pukul ${clock(answer.at)}.` : message;
    const text = `${reason} Gambar Anda belum tersimpan; salinannya ada di peramban ini.`;
    const choices = [ [ 'Simpan gambar saya sebagai draf baru', () => this.saving.branch() ] ];
    if (who) choices.unshift([ 'Muat yang terbaru', () => this.reload() ]);
    this.bars.hide('simpan');
    this.bars.hide('terbaru');
    this.bars.show('bentrok', 'galat', text, choices);
  }

  /** The draft as it is on the server now. */
  async reload() {
    try {
      const kept = await this.request(`draf/${this.saving.draft}/isi`);
      await this.editor.draw(kept.xml);
      Object.keys(this.editor.context.forms).forEach((key) => delete this.editor.context.forms[key]);
      Object.assign(this.editor.context.forms, kept.forms);
      this.saving.settle(kept.rev);
      this.editor.context.emit('forms', this.editor.context.forms);
      this.editor.modeler.fit();
      this.editor.checking.now();
    } catch (error) {
      this.bars.show('terbaru', 'peringatan', `Belum dapat dimuat: ${error.message}`,
        [ [ 'Coba lagi', () => this.reload() ] ]);
    }
  }

  begun({ draft, url }) {
    const { root } = this;
    window.history.replaceState(null, '', url);
    const link = (address) => address.replace(/\/draf\/\d+\//, `/draf/${draft}/`).replace(/draf=\d+$/, `draf=${draft}`);
    document.querySelectorAll('.tab-draf a').forEach((each) => each.setAttribute('href', link(each.getAttribute('href'))));
    root.dataset.draf = draft;
    const tabs = document.querySelector('[data-bagian=tab]');
    if (tabs) tabs.classList.remove('menunggu');
    const label = document.querySelector('[data-bagian=nama-draf]');
    if (label) label.textContent = `Draf ${draft}, dari versi ${root.dataset.versi}`;
    this.presence.follow(draft);
  }

  seen({ rev, by, others }) {
    this.others(others);
    const { saving } = this;
    if (rev > saving.rev && !saving.busy && !saving.dirty && !saving.stopped) {
      const who = by === this.root.dataset.saya ? 'Anda, di tab lain,' : by;
      this.bars.show('terbaru', '', `${who} sudah menyimpan gambar yang lebih baru.`,
        [ [ 'Muat yang terbaru', () => this.reload() ] ]);
    }
  }

  others(list) {
    const text = inWords(list, this.root.dataset.saya);
    if (text) this.bars.show('lain', '', text); else this.bars.hide('lain');
  }

  offerCopy(copy) {
    const older = this.saving.draft && copy.rev && copy.rev < this.saving.rev
      ? ' Sejak itu draf ini disimpan lagi; memulihkan menggantinya, yang lama tetap ada di Riwayat draf.' : '';
    this.bars.show('salinan', 'peringatan', `Ada gambar yang belum sempat tersimpan, dari pukul ${clock(copy.at)}.${older}`, [
      [ 'Pulihkan', () => this.recover(copy) ], [ 'Buang', () => this.mirror.remove(copy.key) ]
    ]);
  }

  async recover(copy) {
    try {
      await this.editor.draw(copy.xml);
      Object.assign(this.editor.context.forms, copy.forms);
      this.mirror.remove(copy.key);
      this.editor.changed(true);
      this.editor.context.emit('forms', this.editor.context.forms);
      this.editor.modeler.fit();
    } catch (error) {
      this.bars.show('salinan', 'peringatan', error.message, [], true);
    }
  }
}
