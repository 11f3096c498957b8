// The row above the picture: undo, zoom, files, comparing, and how it stands with saving.
import { make, picture } from './dom.js';
import { icons } from './icons.js';

const STATES = {
  tersimpan: [ '✓', 'baik' ], menunggu: [ '●', '' ], menyimpan: [ '…', '' ], putus: [ '!', 'awas' ],
  ditolak: [ '✕', 'bahaya' ], bentrok: [ '✕', 'bahaya' ], sesi: [ '✕', 'bahaya' ]
};

function button(icon, text, act, attributes = {}) {
  return make('button', { type: 'button', class: 'alat', onclick: act, ...attributes },
    picture(icons[icon]), text ? make('span', {}, text) : null);
}

export class Toolbar {
  constructor(place, actions) {
    this.actions = actions;
    this.undo = button('undo', 'Urungkan', actions.undo, { title: 'Urungkan (Ctrl+Z)' });
    this.redo = button('redo', 'Ulangi', actions.redo, { title: 'Ulangi (Ctrl+Y)' });
    this.steps = button('list', 'Daftar langkah', actions.steps,
      { 'aria-expanded': 'false', 'aria-controls': 'daftar-langkah' });
    this.file = make('input', {
      type: 'file', accept: '.bpmn,.xml', class: 'tersembunyi', tabindex: '-1', 'aria-label': 'Berkas .bpmn'
    });
    this.file.addEventListener('change', () => {
      if (this.file.files[0]) actions.take(this.file.files[0]);
      this.file.value = '';
    });
    this.state = make('p', { class: 'simpan-keadaan' });
    place.append(
      this.group('Perubahan', this.undo, this.redo),
      this.group('Ukuran gambar', button('farther', '', actions.farther, { title: 'Perkecil', 'aria-label': 'Perkecil' }),
        button('closer', '', actions.closer, { title: 'Perbesar', 'aria-label': 'Perbesar' }),
        button('fit', 'Paskan', actions.fit, { title: 'Tampilkan seluruh gambar' })),
      this.group('Daftar', this.steps),
      this.group('Berkas', button('upload', 'Impor .bpmn', () => this.file.click()), this.file, this.downloads()),
      this.group('Bandingkan', button('compare', 'Bandingkan', actions.compare,
        { title: 'Apa yang berubah terhadap versi yang berlaku' })),
      this.state
    );
    this.steady(false, false);
  }

  group(label, ...children) {
    return make('div', { class: 'alat-kelompok', role: 'group', 'aria-label': label }, ...children);
  }

  downloads() {
    const choices = [ [ 'bpmn', 'Diagram (.bpmn)' ], [ 'svg', 'Gambar (.svg)' ], [ 'png', 'Gambar (.png)' ] ];
    const menu = make('details', { class: 'unduh' },
      make('summary', { class: 'alat' }, picture(icons.download), make('span', {}, 'Unduh')),
      make('div', { class: 'unduh-pilihan' }, ...choices.map(([ kind, text ]) => make('button', {
        type: 'button', onclick: () => { menu.open = false; menu.firstChild.focus(); this.actions.download(kind); }
      }, text))));
    document.addEventListener('click', (event) => { if (!menu.contains(event.target)) menu.open = false; });
    menu.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !menu.open) return;
      menu.open = false;
      menu.firstChild.focus();
    });
    return menu;
  }

  /** What can be undone.  The buttons stay reachable: one that vanishes under the finger loses the focus. */
  steady(undo, redo) {
    this.undo.setAttribute('aria-disabled', String(!undo));
    this.redo.setAttribute('aria-disabled', String(!redo));
  }

  tell(kind, text) {
    const [ sign, colour ] = STATES[kind];
    this.state.className = `simpan-keadaan ${colour}`;
    this.state.dataset.keadaan = kind;
    this.state.replaceChildren(make('span', { 'aria-hidden': 'true' }, sign), make('span', {}, text));
    this.state.title = text;
  }
}
