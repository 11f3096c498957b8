// Checks what lies in a file that stands alone: signatures, chain, values, places in the log, end of the history. What it
// finds it says in words; only what holds is shown. The form is that of docs/bukti.md.
import { make } from '../picture.js';

const GENESIS = '0'.repeat(64);
const bytes = (text) => new TextEncoder().encode(text);
const hex = (data) => [ ...data ].map((each) => each.toString(16).padStart(2, '0')).join('');
const sha = async (data) => new Uint8Array(await crypto.subtle.digest('SHA-256', data));
const content = (id) => document.getElementById(id).textContent;

class Broken extends Error {
  constructor(where, reason) {
    super(`${where}: ${reason}`);
  }
}

function need(holds, where, reason) {
  if (!holds) throw new Broken(where, reason);
}

function join(...parts) {
  const found = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const each of parts) {
    found.set(each, at);
    at += each.length;
  }
  return found;
}

/** Base64 that is written in the one way. */
function decoded(text) {
  const raw = atob(text);
  if (btoa(raw) !== text) throw new Error('base64');
  return Uint8Array.from(raw, (each) => each.charCodeAt(0));
}

const unhex = (text) => Uint8Array.from(text.match(/../g), (each) => parseInt(each, 16));
const same = (one, other) => hex(one) === hex(other);

// ---- Merkle tree (RFC 9162): places may be larger than 2^31, so they are BigInt.

const leaf = (entry) => sha(join([ 0 ], entry));
const node = (left, right) => sha(join([ 1 ], left, right));
const length = (number) => (number ? number.toString(2).length : 0);

async function rootOf(start, index, size, proof) {
  index = BigInt(index);
  size = BigInt(size);
  const shared = length(index ^ (size - 1n));
  const ones = (index >> BigInt(shared)).toString(2).replaceAll('0', '').length;
  if (index < 0n || index >= size || proof.length !== shared + ones) throw new Error('proof');
  let found = start;
  for (const [ level, sibling ] of proof.map(decoded).entries()) {
    const left = level >= shared || (index >> BigInt(level)) & 1n;
    found = await (left ? node(sibling, found) : node(found, sibling));
  }
  return found;
}

// ---- Keys and signed notes (C2SP).

async function readKeys(text) {
  const found = [];
  for (const line of text.trimEnd().split('\n')) {
    const [ verifier, since, until = '' ] = line.split(' ');
    const [ name, id, ...rest ] = verifier.split('+');
    const data = decoded(rest.join('+'));
    const own = (await sha(join(bytes(`${name}\n`), data))).slice(0, 4);
    need(data[0] === 1 && data.length === 33 && hex(own) === id, 'daftar kunci', 'tidak terbaca');
    found.push({ name, id, public: data.slice(1), since, until });
  }
  return found;
}

/** The text of a note, which a key of this log must have signed in its time; returns the keys that did. */
async function signed(text, note, origin, at, keys, where) {
  const gap = note.indexOf('\n\n');
  need(gap >= 0 && note.slice(0, gap + 1) === text, where, 'bukan yang ditandatangani');
  const found = [];
  for (const line of note.slice(gap + 2).trimEnd().split('\n')) {
    const [ dash, name, blob ] = line.split(' ');
    const data = decoded(blob);
    for (const key of keys) {
      if (dash !== '—' || name !== origin || key.name !== origin || hex(data.slice(0, 4)) !== key.id) continue;
      const own = await crypto.subtle.importKey('raw', key.public, 'Ed25519', false, [ 'verify' ]);
      need(await crypto.subtle.verify('Ed25519', own, data.slice(4), bytes(text)), where, 'tanda tangannya tidak cocok');
      found.push(key);
    }
  }
  const counted = found.filter((key) => key.since <= at && (!key.until || at <= key.until));
  need(counted.length, where, 'tidak ditandatangani dengan kunci yang berlaku');
  return counted;
}

async function readCheckpoint(note, keys) {
  const text = note.slice(0, note.indexOf('\n\n') + 1);
  const [ origin, size, root, heads, at ] = text.split('\n');
  const [ , streams, headRoot ] = heads.split(' ');
  const point = { origin, size, root: decoded(root), streams, heads: decoded(headRoot), at: at.replace('at ', '') };
  point.keys = await signed(text, note, origin, point.at, keys, 'titik periksa');
  return point;
}

// ---- Events.

async function checkValues(event, facts, where) {
  const names = Object.keys(facts.values).sort().join('\n');
  need(names === Object.keys(event.values).sort().join('\n'), where, 'isian yang ada bukan yang dicatat');
  for (const [ name, pair ] of Object.entries(event.values)) {
    if (pair === null || pair === 'left_out') continue;
    const found = hex(await sha(bytes(`${pair[0]}:${pair[1]}`)));
    need(found === facts.values[name], where, `isian «${name}» tidak cocok dengan sidiknya`);
  }
}

async function checkEvents(lines, point) {
  let previous = GENESIS, seq = 0, at = '', ended = 0, covered = 0, stream = '';
  const hashes = [];
  for (const line of lines) {
    const event = JSON.parse(line);
    const unread = `kejadian ke-${hashes.length + 1}`;
    const hash = await sha(bytes(event.body));
    need(hex(hash) === event.hash, unread, 'isinya tidak cocok dengan sidiknya');
    const facts = JSON.parse(event.body);
    stream ||= facts.stream;
    const where = `${facts.stream} nomor ${facts.seq}`;
    need(facts.stream === stream && facts.seq === seq + 1 && facts.previous === previous && facts.at >= at, where,
      'tidak menyambung pada kejadian sebelumnya');
    await checkValues(event, facts, where);
    [ previous, seq, at ] = [ event.hash, facts.seq, facts.at ];
    hashes.push(event.hash);
    if (event.log_index === null) continue;
    const root = await rootOf(await leaf(hash), event.log_index, point.size, event.inclusion);
    need(same(root, point.root) && facts.at <= point.at, where, 'tidak tercantum dalam catatan bertanda tangan');
    covered = facts.seq;
    if (!event.head) continue;
    const last = await leaf(bytes(`${facts.seq} ${event.hash} ${stream}`));
    const heads = await rootOf(last, event.head.index, point.streams, event.head.proof);
    need(same(heads, point.heads), where, 'bukan ujung riwayat: kejadian sesudahnya hilang');
    ended = facts.seq;
  }
  need(covered === ended && covered, `${stream} nomor ${covered}`, 'kejadian sesudahnya hilang');
  return hashes;
}

/** Everything; returns what held. */
async function check() {
  const bundle = JSON.parse(content('bukti-berkas'));
  const keys = await readKeys(bundle.keys);
  const point = await readCheckpoint(bundle.checkpoint, keys);
  const hashes = await checkEvents(bundle.events, point);
  const shown = content('putar-dokumen');
  const text = `${point.origin}/replay\n${point.at}\n${hex(await sha(bytes(shown)))}\n`;
  await signed(text, bundle.replay, point.origin, point.at, keys, 'tampilan');
  const doc = JSON.parse(shown);
  need(doc.moments.map((each) => each.hash).join() === hashes.join(), 'tampilan', 'bukan tentang kejadian-kejadian itu');
  return { point, hashes, doc };
}

// ---- What is said about it.

function say(kind, title, ...paragraphs) {
  const box = document.getElementById('hasil');
  box.className = `kotak ${kind}`;
  box.setAttribute('role', kind === 'galat' ? 'alert' : 'status');
  box.replaceChildren(make('div'));
  box.firstChild.append(make('h2', '', title), ...paragraphs.map((each) => make('p', '', each)));
}

function show(root) {
  document.getElementById('isi-putar').hidden = false;
  const fill = () => (root.player ? root.player.show(root.player.index) : setTimeout(fill, 50));
  fill();
}

async function begin() {
  if (!globalThis.crypto?.subtle) {
    say('galat', 'Tidak dapat diperiksa', 'Peramban ini tidak dapat memeriksa tanda tangan. Buka dengan Chromium, Chrome, Edge, atau Firefox yang baru.');
    return;
  }
  try {
    const { point, hashes } = await check();
    const prints = await Promise.all(point.keys.map(async (key) => hex(await sha(key.public))));
    say('sukses', 'Cocok menurut pemeriksaan di peramban ini',
      `${hashes.length} kejadian menyambung, tercantum dalam catatan bertanda tangan (ukuran ${point.size}, ${point.at}), dan tidak ada yang hilang di ujungnya.`,
      `Sidik kunci: ${prints.join(', ')}. Bandingkan dengan yang diumumkan Dinas.`);
    show(document.querySelector('[data-putar]'));
  } catch (error) {
    const reason = error instanceof Broken ? error.message : 'berkas ini rusak atau diubah; isinya tidak terbaca.';
    say('galat', 'TIDAK COCOK', reason, 'Isinya tidak ditampilkan. Periksa bundelnya dengan verify.py.');
  }
}

begin();
