// The form as staff will see it, and the gate's findings, asked of the server a moment after each change.

const WAIT = 300; // milliseconds without typing
const DESK = 780; // pixels of the form on a wide screen

export function startPreview(form) {
  const paper = document.querySelector('[data-pratinjau]');
  let timer = 0;
  let asked = null;
  paper.addEventListener('submit', (event) => event.preventDefault());
  widths();

  async function ask() {
    if (asked) asked.abort();
    asked = new AbortController();
    paper.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(form.dataset.rancang, {
        method: 'POST', body: new URLSearchParams(new FormData(form)), signal: asked.signal
      });
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.json(), form, paper);
    } catch (error) {
      if (error.name === 'AbortError') return;
      note(document.querySelector('[data-temuan]'), 'Pratinjau dan pemeriksaan belum dapat diperbarui. Tulisan Anda tetap ada di halaman ini.');
    }
    paper.removeAttribute('aria-busy');
  }

  return {
    later() {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    }
  };
}

function note(place, text) {
  const line = document.createElement('p');
  line.className = 'redup';
  line.textContent = text;
  place.replaceChildren(line);
}

function show(found, form, paper) {
  // What was chosen in the preview stays, so that one can watch fields come and go.
  const chosen = [ ...new FormData(paper) ];
  paper.innerHTML = found.pratinjau; // drawn by the server's templates, which escape
  for (const [ name, value ] of chosen) {
    for (const control of paper.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (control.type === 'radio' || control.type === 'checkbox') control.checked ||= control.value === value;
      else if (control.type !== 'file') control.value = value;
    }
  }
  paper.dispatchEvent(new CustomEvent('isian-baru', { bubbles: true }));
  document.querySelector('[data-temuan]').innerHTML = found.temuan;
  for (const card of form.querySelectorAll('[data-baris]')) showRow(card, found);
}

function showRow(card, found) {
  const number = card.dataset.baris;
  const mine = found.baris[number];
  if (!mine) return;
  card.querySelector(`[name="i${number}-kunci"]`).placeholder = mine.kunci;
  for (const old of card.querySelectorAll('[data-pesan-baris], p.galat')) old.remove();
  for (const control of card.querySelectorAll('[aria-invalid]')) control.removeAttribute('aria-invalid');
  for (const block of card.querySelectorAll('.isian.salah')) block.classList.remove('salah');
  for (const [ name, text ] of Object.entries(mine.pesan)) {
    const control = card.querySelector(`[name="i${number}-${name}"]`) || card.querySelector('.rancang-pilihan-daftar');
    const line = document.createElement('p');
    line.className = 'galat';
    line.dataset.pesanBaris = '';
    line.textContent = text;
    control.before(line);
    control.setAttribute('aria-invalid', 'true');
  }
  const others = found.tampil.filter(([ other ]) => String(other) !== number)
    .map(([ , label, options ]) => [ `Hanya bila ${label}`, options.map(([ value, words ]) => [ value, `${label}: ${words}` ]) ]);
  fill(card.querySelector(`[name="i${number}-tampil"]`), others);
  fill(card.querySelector(`[name="i${number}-tergantung"]`), [ [ '', found.tergantung[number] ] ]);
}

/** Other options in a select; what was chosen stays chosen even if it is no option any more. */
function fill(select, groups) {
  if (document.activeElement === select) return; // do not change a list that someone has open
  const chosen = select.selectedOptions[0];
  const kept = [ ...select.options ].filter((option) => option.value === '');
  select.replaceChildren(...kept);
  for (const [ label, options ] of groups) {
    const made = options.map(([ value, words ]) => new Option(words, value));
    if (label) {
      const group = document.createElement('optgroup');
      group.label = label;
      group.append(...made);
      select.append(group);
    } else select.append(...made);
  }
  if (chosen && ![ ...select.options ].some((option) => option.value === chosen.value)) select.append(chosen);
  select.value = chosen ? chosen.value : '';
}

/** Phone or desk: a wide form is drawn at its width and shrunk to the room there is. */
function widths() {
  const frame = document.querySelector('[data-bingkai]');
  const buttons = document.querySelector('[data-lebar]');
  const fit = () => frame.style.setProperty('--skala', Math.min(1, frame.clientWidth / DESK).toFixed(3));
  buttons.hidden = false;
  buttons.addEventListener('click', (event) => {
    const chosen = event.target.closest('button');
    if (!chosen) return;
    for (const each of buttons.children) each.setAttribute('aria-pressed', String(each === chosen));
    frame.classList.toggle('ponsel', chosen.value === 'ponsel');
    frame.classList.toggle('layar', chosen.value === 'layar');
    fit();
  });
  window.addEventListener('resize', fit);
}
