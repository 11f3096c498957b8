/* Small comforts on top of pages that work without them.  Knows data attributes only, no page by name. */
(function () {
  'use strict';

  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  function note(text, className) {
    const node = document.createElement('p');
    node.className = className;
    node.textContent = text;
    return node;
  }

  /* (a) select[data-tergantung="kategori"]: only the groups of the chosen parent. */
  function dependentSelect(select) {
    const parent = select.form && select.form.elements[select.dataset.tergantung];
    if (!parent) return;
    const groups = all('optgroup[data-induk]', select);
    const fill = () => {
      const kept = select.value;
      const shown = parent.value ? groups.filter((group) => group.dataset.induk === parent.value) : groups;
      groups.forEach((group) => group.remove());
      shown.forEach((group) => select.append(group));
      select.value = kept;
      if (select.selectedIndex < 0) select.value = '';
    };
    (parent instanceof RadioNodeList ? Array.from(parent) : [parent])
      .forEach((control) => control.addEventListener('change', fill));
    fill();
  }

  /* (e) [data-tampil-jika="jenis=pengaduan"]: shown, and sent, only while that choice is made. */
  function conditional(block) {
    const [name, ...rest] = block.dataset.tampilJika.split('=');
    const wanted = rest.join('=').split('|');
    const form = block.closest('form');
    if (!form || !form.elements[name]) return;
    const answer = () => {
      const control = form.elements[name];
      const one = control instanceof RadioNodeList ? control[0] : control;
      if (one.disabled) return ''; // what is hidden itself answers nothing
      return one.type === 'checkbox' ? (one.checked ? one.value : '') : control.value;
    };
    const update = () => {
      const was = block.hidden;
      block.hidden = !wanted.includes(answer());
      all('input, select, textarea', block).forEach((inner) => { inner.disabled = block.hidden; });
      if (block.hidden !== was) form.dispatchEvent(new Event('change')); // for those that wait for this one
    };
    form.addEventListener('change', update);
    update();
  }

  /* (b) One press, one POST.  The button is disabled after the browser has read its name and value. */
  function guard(form) {
    form.addEventListener('submit', (event) => {
      if (form.dataset.terkirim !== undefined) { event.preventDefault(); return; }
      if (event.defaultPrevented) return;
      form.dataset.terkirim = '';
      setTimeout(() => {
        form.setAttribute('aria-busy', 'true');
        const pressed = event.submitter;
        if (pressed) pressed.classList.add('sibuk');
        all('button, input[type=submit]', form).forEach((button) => { button.disabled = true; });
        const place = form.querySelector('.aksi');
        if (place) {
          const status = note('Sedang mengirim, mohon tunggu.', 'redup kirim-status');
          status.setAttribute('role', 'status');
          place.append(status);
        }
      });
    });
  }

  function release() {
    all('form[data-terkirim]').forEach((form) => {
      delete form.dataset.terkirim;
      form.removeAttribute('aria-busy');
      all('.kirim-status', form).forEach((status) => status.remove());
      all('button, input[type=submit]', form).forEach((button) => {
        button.disabled = false;
        button.classList.remove('sibuk');
      });
    });
  }

  /* (c) form[data-simpan=key]: what is typed stays in this tab until it has arrived. */
  const PREFIX = 'aduan:';
  const store = {
    read(key) { try { return JSON.parse(sessionStorage.getItem(PREFIX + key)); } catch { return null; } },
    write(key, value) { try { sessionStorage.setItem(PREFIX + key, JSON.stringify(value)); } catch { /* full or off */ } },
    forget(keys) {
      try {
        const every = keys.includes('*');
        Object.keys(sessionStorage)
          .filter((name) => name.startsWith(PREFIX) && (every || keys.includes(name.slice(PREFIX.length))))
          .forEach((name) => sessionStorage.removeItem(name));
      } catch { /* off */ }
    },
  };

  const remembered = (form) => Array.from(form.elements).filter((control) => control.name
    && !control.name.startsWith('_') && control.name !== 'csrf_token'
    && control.dataset.sandi === undefined
    && !['password', 'file', 'hidden', 'submit', 'button', 'fieldset'].includes(control.type));
  const choice = (control) => control.type === 'radio' || control.type === 'checkbox';
  const slot = (control) => (choice(control) ? `${control.name}=${control.value}` : control.name);

  function remember(form) {
    const key = form.dataset.simpan;
    const old = store.read(key);
    let changed = 0;
    if (old) {
      remembered(form).forEach((control) => {
        const was = old[slot(control)];
        if (was === undefined) return;
        if (choice(control)) {
          if (control.checked !== was) { control.checked = was; changed += 1; }
        } else if (control.value !== was) { control.value = was; changed += 1; }
      });
    }
    const save = () => {
      const now = {};
      remembered(form).forEach((control) => { now[slot(control)] = choice(control) ? control.checked : control.value; });
      store.write(key, now);
    };
    form.addEventListener('input', save);
    form.addEventListener('change', save);
    if (!changed) return;
    const told = note(`Tulisan Anda yang belum terkirim sudah dikembalikan.${form.querySelector('input[type=file]') ? ' Berkas perlu dipilih lagi.' : ''} `, 'kotak');
    told.setAttribute('role', 'status');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'tombol ringkas';
    button.textContent = 'Mulai dari kosong';
    button.addEventListener('click', () => { store.forget([key]); window.location.reload(); });
    told.append(button);
    form.prepend(told);
  }

  /* (d) Names and sizes of chosen files; too large or too many is said before sending. */
  const size = (bytes) => (bytes >= 1048576
    ? `${(bytes / 1048576).toLocaleString('id-ID', { maximumFractionDigits: 1 })} MB`
    : `${Math.max(1, Math.round(bytes / 1024))} KB`);

  function files(input) {
    const limit = Number(input.dataset.maksMb || 10);
    const most = Number(input.dataset.maksBerkas || 5);
    const place = document.createElement('div');
    place.setAttribute('role', 'status');
    input.after(place);
    const keptBefore = () => all(`input[name="_berkas_${input.name}"]`, input.form).length
      - all(`input[name="_hapus_${input.name}"]:checked`, input.form).length;
    const update = () => {
      place.replaceChildren();
      const chosen = Array.from(input.files);
      if (!chosen.length) return;
      const list = document.createElement('ul');
      list.className = 'berkas';
      chosen.forEach((file) => {
        const row = document.createElement('li');
        const name = document.createElement('span');
        name.className = 'nama';
        name.textContent = file.name;
        const about = document.createElement('span');
        about.className = 'ukuran';
        const large = file.size > limit * 1048576;
        about.textContent = large ? `${size(file.size)}, melebihi ${limit} MB` : size(file.size);
        row.classList.toggle('salah', large);
        row.append(name, about);
        list.append(row);
      });
      place.append(list);
      if (chosen.length + keptBefore() > most) {
        place.append(note(`Paling banyak ${most} berkas. Kurangi pilihan Anda sebelum mengirim.`, 'hitung lebih'));
      }
    };
    input.addEventListener('change', update);
    input.form.addEventListener('change', (event) => {
      if (event.target.name === `_hapus_${input.name}`) update();
    });
    update();
  }

  /* How much room is left, said only when it gets short. */
  function counter(area) {
    const most = Number(area.dataset.maks);
    const place = note('', 'hitung');
    place.setAttribute('aria-live', 'polite');
    area.after(place);
    const update = () => {
      const left = most - area.value.length;
      place.textContent = left < 0
        ? `Kelebihan ${(-left).toLocaleString('id-ID')} karakter.`
        : (left <= most * 0.2 ? `Sisa ${left.toLocaleString('id-ID')} karakter.` : '');
      place.classList.toggle('lebih', left < 0);
    };
    area.addEventListener('input', update);
    update();
  }

  /* A password may be looked at while it is typed; it is hidden again before it is sent. */
  function revealable(input) {
    input.dataset.sandi = '';
    const label = document.createElement('label');
    label.className = 'hapus lihat-sandi';
    const box = document.createElement('input');
    box.type = 'checkbox';
    label.append(box, 'Lihat yang diketik');
    box.addEventListener('change', () => { input.type = box.checked ? 'text' : 'password'; });
    input.form.addEventListener('submit', () => { input.type = 'password'; });
    input.after(label);
  }

  const forget = document.body.dataset.hapusSimpanan;
  if (forget) store.forget(forget.split(/\s+/));
  all('input[type=password]').filter((input) => input.form).forEach(revealable);
  all('form[data-simpan]').forEach(remember);
  const prepare = (root) => {
    all('select[data-tergantung]', root).forEach(dependentSelect);
    all('[data-tampil-jika]', root).forEach(conditional);
    all('input[type=file]', root).filter((input) => input.form).forEach(files);
    all('textarea[data-maks]', root).forEach(counter);
  };
  prepare(document);
  // Fields that came into the page later ask for the same comforts.
  document.addEventListener('isian-baru', (event) => prepare(event.target));
  all('form').filter((form) => form.method === 'post' && form.dataset.ulang === undefined).forEach(guard);
  window.addEventListener('pageshow', release);
  all('[data-cetak]').forEach((button) => {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') all('details.lainnya[open]').forEach((menu) => { menu.open = false; });
  });
  const first = document.querySelector('[data-fokus]');
  if (first) first.focus();
}());
