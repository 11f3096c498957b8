// Instants in the words of the office: Serang has been seven hours ahead of UTC, without daylight saving, since 1964.
const AHEAD = 7 * 3600e3;
const DAYS = [ 'Minggu', 'Senin', 'Selasa', 'Rabu', 'Kamis', 'Jumat', 'Sabtu' ];
const MONTHS = [ 'Januari', 'Februari', 'Maret', 'April', 'Mei', 'Juni', 'Juli', 'Agustus', 'September', 'Oktober',
  'November', 'Desember' ];
const DAY = 864e5;

/** Milliseconds of an instant as the document holds it. */
export const instant = (text) => Date.parse(text);

const local = (ms) => new Date(ms + AHEAD);
const clock = (at) => `${String(at.getUTCHours()).padStart(2, '0')}.${String(at.getUTCMinutes()).padStart(2, '0')}`;

/** "28 Des 2026 07.35" */
export function short(text) {
  if (!text) return '';
  const at = local(instant(text));
  return `${day(instant(text))} ${at.getUTCFullYear()} ${clock(at)}`;
}

/** "Senin, 28 Desember 2026 07.35 WIB" */
export function long(text) {
  if (!text) return '';
  const at = local(instant(text));
  return `${DAYS[at.getUTCDay()]}, ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()} ${clock(at)} WIB`;
}

/** "28 Des" */
export function day(ms) {
  const at = local(ms);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()].slice(0, 3)}`;
}

/** Midnights in the office between two instants, at most `most`, evenly spread. */
export function midnights(start, end, most) {
  const first = Math.ceil((start + AHEAD) / DAY), last = Math.floor((end + AHEAD) / DAY);
  const step = [ 1, 2, 7, 14, 28, 91, 182, 365 ].find((each) => (last - first) / each < most) || 730;
  const found = [];
  for (let each = first; each <= last; each += step) found.push(each * DAY - AHEAD);
  return found;
}
