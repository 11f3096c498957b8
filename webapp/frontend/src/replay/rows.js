// Rows of the table that the server left out of a long case, made from the document a few at a time. As macros/putar.html.
import { make } from '../picture.js';
import { details, standing, told, who } from './panel.js';
import { short } from './times.js';

const AT_ONCE = 40;
const later = window.requestIdleCallback || ((act) => setTimeout(act, 30));

function cell(label, ...parts) {
  const found = make('td');
  found.dataset.label = label;
  found.append(...parts.filter(Boolean));
  return found;
}

function faint(text) {
  const found = document.createDocumentFragment();
  found.append(make('br'), make('span', 'redup kecil', text));
  return found;
}

function heading(doc, moment) {
  const found = make('th', '', moment.what), names = doc.versions[moment.version].elements;
  found.scope = 'row';
  if (moment.step) found.append(make('br'), make('span', 'redup', moment.step));
  for (const each of moment.jumps) {
    const target = each.to ? names[each.to] || each.to : 'ditutup';
    found.append(faint(`di luar diagram: ${names[each.source] || each.source} → ${target}`));
  }
  const before = doc.moments[moment.seq - 2];
  if (before && before.version !== moment.version) {
    found.append(faint(`gambar berganti ke SOP versi ${doc.versions[moment.version].number}`));
  }
  return found;
}

function row(doc, moment, after, pause) {
  const found = make('tr'), link = make('a', '', String(moment.seq));
  found.id = `kejadian-${moment.seq}`;
  found.dataset.kejadian = moment.seq;
  link.href = `?langkah=${moment.seq}`;
  link.setAttribute('aria-label', `Tampilkan kejadian ${moment.seq}`);
  const time = make('span'), fold = make('details', 'sidik'), summary = make('summary');
  time.append(make('span', 'takputus', short(moment.at)), pause ? faint(`sesudah ${pause}`) : '');
  summary.append(make('code', '', moment.hash.slice(0, 10)));
  fold.append(summary, make('code', '', moment.hash));
  const said = moment.values.length || moment.lines.length ? details(moment) : '';
  const messages = after.notices.length || after.reads.length ? told(after) : '';
  const held = moment.held_up ? make('p', 'putar-tertahan', `Tertahan: ${moment.held_up}`) : '';
  found.append(cell('No', link), heading(doc, moment), cell('Waktu', time), cell('Oleh', who(moment)),
    cell('Yang dicatat', said, messages), cell('Kedudukan', standing(moment), held), cell('Sidik', fold));
  return found;
}

/** Completes the table; `made` is called with each row that was missing. */
export function complete(doc, after, made) {
  const body = document.querySelector('.putar-tabel tbody');
  const nav = document.querySelector('.putar-bagian');
  if (!body || body.rows.length === doc.moments.length) return;
  if (nav) nav.hidden = true;
  const pauses = new Map(doc.idle.map((each) => [ each.seq + 1, each.words ]));
  const first = body.rows.length ? Number(body.rows[0].dataset.kejadian) : 1;
  const missing = doc.moments.filter((moment) => !document.getElementById(`kejadian-${moment.seq}`));
  const anchor = body.rows[0] || null;
  const some = () => {
    const [ before, behind ] = [ document.createDocumentFragment(), document.createDocumentFragment() ];
    for (const moment of missing.splice(0, AT_ONCE)) {
      const fresh = row(doc, moment, after[moment.seq - 1], pauses.get(moment.seq));
      (moment.seq < first ? before : behind).append(fresh);
      made(moment.seq, fresh);
    }
    body.insertBefore(before, anchor);
    body.append(behind);
    if (missing.length) later(some);
  };
  later(some);
}
