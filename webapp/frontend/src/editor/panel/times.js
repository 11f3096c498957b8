// Times as people say them and as the SOP writes them. Knows texts only.

export const STANDARD_UNITS = [ 'menit', 'jam', 'hari', 'hari kerja' ];
const STANDARD = /^([1-9][0-9]{0,3})\s*(menit|jam|hari kerja|hari)$/i;

/** A `waktu` of the Mutu Baku as {number, unit}; null when it is written in other words. */
export function readStandard(text) {
  const found = STANDARD.exec(text.trim().replace(/\s+/g, ' '));
  return found && { number: found[1], unit: found[2].toLowerCase() };
}

// [in words, how the number is written]
export const TIMER_UNITS = [
  [ 'hari kerja', (number) => `hari_kerja(${number})` ], [ 'jam kerja', (number) => `jam_kerja(${number})` ],
  [ 'menit kerja', (number) => `menit_kerja(${number})` ], [ 'hari', (number) => `"P${number}D"` ],
  [ 'minggu', (number) => `"P${number}W"` ], [ 'jam', (number) => `"PT${number}H"` ],
  [ 'menit', (number) => `"PT${number}M"` ]
];
export const CYCLE_UNITS = TIMER_UNITS.slice(3).map(([ unit ]) => unit);
export const MONTHS = ('Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember').split(' ');
const LETTERS = { D: 'hari', W: 'minggu', TH: 'jam', TM: 'menit' };
const PERIOD = /^P(?:([0-9]{1,5})([DW])|T([0-9]{1,5})([HM]))$/;

export const LARGEST = 1000; // of working days, hours or minutes

function readPeriod(text) {
  const found = PERIOD.exec(text);
  if (!found) return null;
  return found[1] ? { number: found[1], unit: LETTERS[found[2]] } : { number: found[3], unit: LETTERS[`T${found[4]}`] };
}

const writePeriod = (number, unit) => TIMER_UNITS.find(([ word ]) => word === unit)[1](number);

function quoted(text) {
  const found = /^(["'])(.*)\1$/.exec(text);
  return found && found[2];
}

/**
 * A timer's expression in words: {mode: 'sesudah', number, unit}, {mode: 'tanggal', day, month, year, clock},
 * {mode: 'berulang', times, number, unit}; {mode: 'bebas'} for any other; {mode: 'sesudah'} without one.
 */
export function readTimer(part, text) {
  const plain = (text || '').trim();
  if (!plain) return { mode: 'sesudah', number: '', unit: 'hari kerja' };
  const inside = quoted(plain);
  const read = { timeDuration: readDuration, timeDate: readDate, timeCycle: readCycle }[part];
  return (read && read(plain, inside)) || { mode: 'bebas' };
}

function readDuration(plain, inside) {
  const working = /^(hari|jam|menit)_kerja\(\s*([0-9]{1,4})\s*\)$/.exec(plain);
  if (working) return { mode: 'sesudah', number: working[2], unit: `${working[1]} kerja` };
  const period = inside && readPeriod(inside);
  return period && { mode: 'sesudah', ...period };
}

function readDate(plain, inside) {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::00)?\+07:00$/.exec(inside || '');
  if (!found || !MONTHS[found[2] - 1]) return null;
  return {
    mode: 'tanggal', day: String(Number(found[3])), month: String(Number(found[2])), year: found[1],
    clock: `${found[4]}.${found[5]}`
  };
}

function readCycle(plain, inside) {
  const found = /^R([0-9]{1,3})\/(.+)$/.exec(inside || '');
  const period = found && readPeriod(found[2]);
  return period && { mode: 'berulang', times: found[1], ...period };
}

const whole = (text, largest) => /^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= largest;

/** What is wrong with the words, '' when nothing is. */
export function timerFault(words) {
  if (words.mode === 'sesudah') {
    const largest = words.unit.endsWith('kerja') ? LARGEST : 99_999;
    return words.number === '' || whole(words.number, largest) ? '' : `Tulis bilangan bulat dari 1 sampai ${largest.toLocaleString('id-ID')}.`;
  }
  if (words.mode === 'berulang') {
    if (!whole(words.times, 50)) return 'Banyaknya ulangan: bilangan bulat dari 1 sampai 50.';
    return whole(words.number, 99_999) ? '' : 'Jarak ulangan: bilangan bulat mulai dari 1.';
  }
  return dateFault(words);
}

function dateFault({ day, month, year, clock }) {
  const date = new Date(Date.UTC(year, month - 1, day));
  const known = /^[0-9]{1,2}$/.test(day) && /^[0-9]{4}$/.test(year) && date.getUTCDate() === Number(day);
  if (!known || year < 2000 || year > 2100) return 'Tanggal ini tidak ada. Tulis misalnya 28 Desember 2026.';
  return /^([01]?[0-9]|2[0-3])[.:][0-5][0-9]$/.test(clock) ? '' : 'Tulis jam seperti 08.00.';
}

/** {part, text} as they stand in the diagram; the words must be without fault. */
export function writeTimer(words) {
  if (words.mode === 'sesudah') {
    return { part: 'timeDuration', text: words.number && writePeriod(String(Number(words.number)), words.unit) };
  }
  if (words.mode === 'berulang') {
    const period = writePeriod(String(Number(words.number)), words.unit).slice(1, -1);
    return { part: 'timeCycle', text: `"R${Number(words.times)}/${period}"` };
  }
  const two = (value) => String(value).padStart(2, '0');
  const [ hour, minute ] = words.clock.split(/[.:]/);
  return { part: 'timeDate', text: `"${words.year}-${two(words.month)}-${two(words.day)}T${two(hour)}:${minute}:00+07:00"` };
}

/** What a mode begins with, so that choosing it already gives a time. */
export function beginTimer(mode, before) {
  const number = before.number || '1';
  if (mode === 'sesudah') return { mode, number, unit: before.unit || 'hari kerja' };
  if (mode === 'berulang') {
    return { mode, times: '3', number, unit: CYCLE_UNITS.includes(before.unit) ? before.unit : 'hari' };
  }
  const tomorrow = new Date(Date.now() + (24 + 7) * 3_600_000); // read with the UTC methods it is the office's date
  return {
    mode, day: String(tomorrow.getUTCDate()), month: String(tomorrow.getUTCMonth() + 1),
    year: String(tomorrow.getUTCFullYear()), clock: '08.00'
  };
}

/** The time in one sentence. */
export function timerSentence(words) {
  if (words.mode === 'sesudah') return words.number ? `sesudah ${words.number} ${words.unit}` : 'waktunya belum diisi';
  if (words.mode === 'berulang') return `${words.times} kali, setiap ${words.number} ${words.unit}`;
  if (words.mode === 'tanggal') return `pada ${words.day} ${MONTHS[words.month - 1]} ${words.year} pukul ${words.clock} WIB`;
  return 'menurut ungkapan';
}
