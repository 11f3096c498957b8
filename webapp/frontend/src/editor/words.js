// What the drawing library says, in Indonesian. Knows its texts only; those of our own parts stand where they are used.
const WORDS = {
  'Activate hand tool': 'Geser gambar',
  'Activate lasso tool': 'Pilih beberapa sekaligus',
  'Activate create/remove space tool': 'Lapangkan atau rapatkan ruang',
  'Activate global connect tool': 'Sambungkan',
  'Align elements': 'Ratakan',
  'Align elements left': 'Rata kiri',
  'Align elements center': 'Rata tengah tegak',
  'Align elements right': 'Rata kanan',
  'Align elements top': 'Rata atas',
  'Align elements middle': 'Rata tengah mendatar',
  'Align elements bottom': 'Rata bawah',
  'Open {element}': 'Buka {element}',
  'Search in diagram': 'Cari di gambar',
  'flow elements must be children of pools/participants':
    'Langkah harus diletakkan di dalam bingkai peran.',
  'Data object must be placed within a pool/participant.': 'Objek data tidak dipakai pada SOP ini.'
};

/** Texts that were asked for and are not in the table: a test looks here. */
export const unknown = new Set();

/** Every text that was asked for. */
export const asked = new Set();

/** The library's text in Indonesian, with {names} filled in. */
export function translate(template, replacements = {}) {
  asked.add(template);
  if (!(template in WORDS)) unknown.add(template);
  return (WORDS[template] || template).replace(/{([^}]+)}/g, (whole, name) => {
    const found = replacements[name];
    return found === undefined ? whole : found;
  });
}

export const words = { translate: [ 'value', translate ] };
