// The rows of a form: added, moved, removed, and what each shows of itself. Posts nothing.

const all = (selector, root) => [ ...root.querySelectorAll(selector) ];
const cards = (list) => all('[data-baris]', list);
const control = (card, name) => card.querySelector(`[name="i${card.dataset.baris}-${name}"]`);
const titleOf = (card) => card.querySelector('[data-judul]').textContent;

/** Numbers, titles, what only some kinds have, and which buttons have nothing to do. */
export function renumber(list) {
  const every = cards(list);
  every.forEach((card, place) => {
    const kind = control(card, 'jenis');
    const title = control(card, 'label').value.trim() || control(card, 'kunci').value || 'Isian tanpa label';
    card.querySelector('[data-nomor]').textContent = place + 1;
    card.querySelector('[data-judul]').textContent = title;
    card.querySelector('[data-ciri]').textContent = [
      kind.selectedOptions[0].textContent,
      control(card, 'wajib').checked && 'wajib',
      control(card, 'pribadi').checked && 'data pribadi',
      control(card, 'tampil').value && 'tidak selalu tampil'
    ].filter(Boolean).join(' · ');
    all('[data-jenis]', card).forEach((part) => {
      const kinds = part.dataset.jenis.split(' ');
      part.hidden = !kinds.includes('*') && !kinds.includes(kind.value);
    });
    const tools = card.querySelector('.rancang-alat');
    tools.setAttribute('aria-label', `Urutan isian ${title}`);
    setOff(tools.children[0], place === 0, `Naikkan ${title}`);
    setOff(tools.children[1], place === every.length - 1, `Turunkan ${title}`);
    renumberChoices(card);
  });
}

function setOff(button, off, name) {
  button.disabled = off;
  button.querySelector('.tersembunyi').textContent = name;
}

function renumberChoices(card) {
  const lines = all('.rancang-pilihan', card);
  lines.forEach((line, place) => {
    const [ words, code ] = all('input', line);
    const [ up, away ] = all('button', line);
    words.setAttribute('aria-label', `Pilihan ${place + 1}`);
    code.setAttribute('aria-label', `Kode pilihan ${place + 1}`);
    up.value = `pilihan-naik:${card.dataset.baris}:${place}`;
    away.value = `pilihan-hapus:${card.dataset.baris}:${place}`;
    setOff(up, place === 0, `Naikkan pilihan ${words.value || place + 1}`);
    setOff(away, false, `Hapus pilihan ${words.value || place + 1}`);
  });
}

const fresh = (list) => 1 + Math.max(-1, ...cards(list).map((card) => Number(card.dataset.baris)));

function copyOf(source, from, to) {
  const holder = document.createElement('ol');
  holder.innerHTML = source.replaceAll(from, to); // our own markup, from the server
  return holder.firstElementChild;
}

export function addCard(list) {
  const template = document.querySelector('[data-baris-baru]');
  const card = copyOf(template.innerHTML.trim(), '__n__', fresh(list));
  list.append(card);
  control(card, 'label').focus();
  return 'Isian baru ada di paling bawah. Tulis labelnya.';
}

/** A new field with everything that was chosen in another, apart from its name and the column it fills. */
export function doubleCard(list, card) {
  const number = fresh(list);
  const template = document.querySelector('[data-baris-baru]');
  const twin = copyOf(template.innerHTML.trim(), '__n__', number);
  const wanted = all('.rancang-pilihan', card).length;
  const lines = twin.querySelector('.rancang-pilihan-daftar');
  while (lines.children.length < wanted) lines.append(emptyChoice(number));
  while (lines.children.length > wanted) lines.lastElementChild.remove();
  const own = (one, name) => all(`[name="i${one.dataset.baris}-${name}"]`, one);
  const names = new Set(all('[name]', card).map((each) => each.name.replace(/^i\d+-/, '')));
  for (const name of [ 'asal', 'kunci', 'kasus' ]) names.delete(name);
  names.forEach((name) => own(card, name).forEach((from, place) => {
    const to = own(twin, name)[place];
    if (!to) return;
    if (from.type === 'checkbox' || from.type === 'radio') to.checked = from.checked;
    else {
      if (from.matches('select')) to.innerHTML = from.innerHTML;
      to.value = from.value === 'asal' ? '' : from.value;
    }
  }));
  control(twin, 'label').value = `${titleOf(card)} (salinan)`;
  card.after(twin);
  card.querySelector('details').open = false;
  control(twin, 'label').select();
  return `Isian «${titleOf(card)}» disalin di bawahnya.`;
}

export function moveCard(list, card, way) {
  const focused = document.activeElement;
  const other = way < 0 ? card.previousElementSibling : card.nextElementSibling;
  if (!other) return `Isian «${titleOf(card)}» sudah paling ${way < 0 ? 'atas' : 'bawah'}.`;
  if (way < 0) other.before(card); else other.after(card);
  card.classList.remove('pindah');
  void card.offsetWidth; // starts the animation again
  card.classList.add('pindah');
  renumber(list);
  // A button that has become useless hands the focus to its neighbour.
  if (card.contains(focused)) (focused.disabled ? card.querySelector('.rancang-alat button:enabled') : focused).focus();
  card.scrollIntoView({ block: 'nearest' });
  return `Isian «${titleOf(card)}» sekarang nomor ${cards(list).indexOf(card) + 1} dari ${cards(list).length}.`;
}

/** Takes a field away; whoever waited for it is always shown. Both can be taken back. */
export function removeCard(list, card, changed) {
  const next = card.nextElementSibling;
  const number = card.dataset.baris;
  const waiting = all('select[name$="-tampil"], select[name$="-tergantung"]', list)
    .filter((select) => select.value === number || select.value.startsWith(`${number}=`))
    .map((select) => [ select, select.value, select.innerHTML ]);
  waiting.forEach(([ select ]) => { select.value = ''; });
  card.remove();
  (next || list.lastElementChild || document.querySelector('[value=tambah]')).querySelector('summary')?.focus();
  const freed = waiting.filter(([ select ]) => select.name.endsWith('-tampil'))
    .map(([ select ]) => titleOf(select.closest('[data-baris]')));
  return {
    text: `Isian «${titleOf(card)}» dihapus.${freed.length ? ` Sekarang selalu tampil: ${freed.join(', ')}.` : ''}`,
    undo() {
      list.insertBefore(card, next && next.isConnected ? next : null);
      waiting.forEach(([ select, value, options ]) => { select.innerHTML = options; select.value = value; });
      changed();
      card.querySelector('summary').focus();
      return `Isian «${titleOf(card)}» dikembalikan.`;
    }
  };
}

function emptyChoice(number) {
  const template = document.querySelector('[data-pilihan-baru]');
  return copyOf(template.innerHTML.trim(), '__n__', number);
}

export function changeChoices(card, button) {
  const [ verb, number ] = button.value.split(':');
  const line = button.closest('.rancang-pilihan');
  if (verb === 'pilihan') {
    const list = card.querySelector('.rancang-pilihan-daftar');
    list.append(emptyChoice(number));
    list.lastElementChild.querySelector('input').focus();
    return '';
  }
  if (verb === 'pilihan-naik') {
    line.previousElementSibling.before(line);
    renumberChoices(card);
    (button.disabled ? line.querySelector('input') : button).focus();
    return 'Urutan pilihan diubah.';
  }
  const next = line.nextElementSibling || line.previousElementSibling;
  line.remove();
  (next ? next.querySelector('input') : card.querySelector('[value^="pilihan:"]')).focus();
  return 'Pilihan dihapus.';
}
