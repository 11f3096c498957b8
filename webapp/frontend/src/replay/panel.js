// The panel beside the picture: one moment in words, as the table has it. Text only: nothing typed becomes markup.
import { make } from '../picture.js';
import { long, short } from './times.js';

const SIGNS = { tugas: '●', waktu: '◷', pesan: '✉' };

function pair(list, label, text) {
  list.append(make('dt', '', label), text instanceof Node ? text : make('dd', '', text));
}

function value(each) {
  const cell = make('dd', '');
  if (each.files.length) {
    cell.append(files(each.files));
  } else if (each.digest) {
    const erased = make('span', 'redup', `${each.text} Sidik isian: `);
    erased.append(make('code', '', each.digest));
    cell.append(erased);
  } else {
    cell.textContent = each.text;
  }
  if (each.before) cell.append(make('br'), make('span', 'redup kecil', `sebelumnya: ${each.before}`));
  return cell;
}

/** Addresses of attachments, with "*" in place of the id; empty where there are none to be had. */
let attachments = '';
export const serve = (pattern) => { attachments = pattern || ''; };

function files(each) {
  const list = make('ul', 'berkas');
  for (const file of each) {
    const item = make('li'), name = make(attachments ? 'a' : 'span', 'nama', file.name);
    if (attachments) name.href = attachments.replace('*', encodeURIComponent(file.id));
    item.append(name);
    list.append(item);
  }
  return list;
}

export function who(moment) {
  const line = make('span', '', moment.by);
  if (moment.title) line.append(make('br'), make('span', 'redup kecil', moment.title));
  if (moment.on_behalf) line.append(make('br'), make('span', 'lencana netral', 'atas nama pelapor'));
  if (![ 'web', 'sistem' ].includes(moment.channel)) {
    line.append(make('br'), make('span', 'redup kecil', `melalui ${moment.channel}`));
  }
  return line;
}

export function standing(moment) {
  if (!moment.known) return make('p', 'redup', 'Tidak diketahui: putar ulang berhenti sebelum kejadian ini.');
  if (!moment.tokens.length) return make('p', 'redup', 'Aduan ditutup; tidak ada yang menunggu.');
  const list = make('ul', 'putar-kedudukan');
  for (const token of moment.tokens) {
    const item = make('li'), text = make('span', '');
    if (token.kind === 'waktu') {
      text.textContent = `${token.name}: menunggu sampai ${short(token.due)}`;
    } else if (token.kind === 'pesan') {
      text.textContent = `${token.name}: menunggu pesan${token.role ? `, dicatat ${token.unit || token.role}` : ''}`;
    } else {
      text.append(make('strong', '', token.name));
      const rest = [ token.role && (token.unit || token.role), token.holder && `diambil ${token.holder}` ].filter(Boolean);
      if (rest.length) text.append(`, ${rest.join(', ')}`);
      if (token.due) {
        const clock = make('span', 'kecil');
        clock.append(make('span', `jam ${token.clock_kind}`, token.clock), ' ', make('span', 'redup', `batas ${short(token.due)}`));
        text.append(make('br'), clock);
      }
    }
    item.append(make('i', 'putar-isyarat', SIGNS[token.kind]), text);
    item.firstChild.setAttribute('aria-hidden', 'true');
    list.append(item);
  }
  return list;
}

export function told({ notices, reads }) {
  const parts = [ notices.length && `${notices.length} pemberitahuan`, reads.length && `${reads.length} pembacaan` ];
  const fold = make('details', 'putar-kabar'), list = make('ul');
  fold.append(make('summary', '', parts.filter(Boolean).join(', ')), list);
  for (const each of notices) {
    const to = each.to || 'akun yang sudah tidak ada';
    list.append(make('li', '', `${short(each.at)} ${each.way.toLowerCase()} kepada ${to}: ${each.text} (${each.state})`));
  }
  for (const each of reads) {
    list.append(make('li', '', `${short(each.at)} dibaca ${each.who}${each.title ? `, ${each.title}` : ''}: ${each.what}`));
  }
  return fold;
}

/** What a moment says beyond its name, time and person. */
export function details(moment) {
  const list = make('dl', 'putar-rincian');
  for (const each of moment.values) pair(list, each.title, value(each));
  for (const each of moment.lines) pair(list, each.label, each.text);
  return list;
}

/** Writes a moment of the document into the panel. */
export function write(panel, doc, moment, after) {
  const head = make('p', 'atas', `Kejadian ${moment.seq} dari ${doc.moments.length} · SOP versi ${doc.versions[moment.version].number}`);
  const parts = [ head, make('h2', '', moment.what) ];
  if (moment.step) parts.push(make('p', 'putar-langkah', moment.step));
  const person = make('p');
  person.append(who(moment));
  parts.push(make('p', 'putar-waktu', long(moment.at)), person);
  if (moment.values.length || moment.lines.length) parts.push(details(moment));
  parts.push(make('h3', '', 'Sesudah kejadian ini'), standing(moment));
  if (moment.held_up) parts.push(make('p', 'putar-tertahan', `Tertahan: ${moment.held_up}`));
  if (after.notices.length || after.reads.length) parts.push(told(after));
  const link = make('a', '', 'Lihat pada tabel'), line = make('p', 'kecil');
  link.href = `#kejadian-${moment.seq}`;
  line.append(link);
  parts.push(line);
  panel.replaceChildren(...parts);
  panel.scrollTop = 0;
}
