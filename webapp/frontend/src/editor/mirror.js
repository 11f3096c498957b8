// A copy of what is not saved yet, in the browser itself, for when the page or the network goes away.
// Knows keys and contents only; when to write is decided in saving.js.

const PREFIX = 'aduan:gambar';
export const EVERY = 2000; // milliseconds between two copies: well inside the five seconds that may be lost

export class Mirror {
  constructor(processId, tab) {
    this.base = `${PREFIX}:${processId}`;
    this.tab = tab;
    this.full = false;
  }

  key(draft) {
    return `${this.base}:${draft || 'baru'}:${this.tab}`;
  }

  write(draft, content) {
    try {
      localStorage.setItem(this.key(draft), JSON.stringify({ ...content, at: Date.now() }));
      this.full = false;
    } catch {
      this.full = true; // no room or switched off: the server's copy is then the only one
    }
  }

  forget(draft) {
    this.remove(this.key(draft));
  }

  remove(key) {
    try { localStorage.removeItem(key); } catch { /* switched off */ }
  }

  /**
   * The newest copy of a draft that another page or an earlier visit has left, that differs from `saved`.
   * Copies that are saved by now are removed on the way.
   */
  left(draft, saved) {
    const found = [];
    try {
      for (const name of [ draft, 'baru' ].map((each) => `${this.base}:${each || 'baru'}:`)) {
        for (const key of Object.keys(localStorage).filter((each) => each.startsWith(name))) {
          const copy = read(key);
          if (!copy || same(copy, saved)) this.remove(key);
          else found.push({ ...copy, key });
        }
      }
    } catch { /* switched off */ }
    const newest = found.sort((one, other) => other.at - one.at)[0] || null;
    if (newest && newest.key.endsWith(`:${this.tab}`)) this.setAside(newest);
    return newest;
  }

  /** A copy that this very tab has left before a reload: drawing on must not write over it. */
  setAside(copy) {
    const { key, ...content } = copy;
    try {
      localStorage.setItem(`${key}:${copy.at}`, JSON.stringify(content));
      localStorage.removeItem(key);
      copy.key = `${key}:${copy.at}`;
    } catch { /* no room: it stays where it is */ }
  }
}

function read(key) {
  try {
    const copy = JSON.parse(localStorage.getItem(key));
    return copy && typeof copy.xml === 'string' && copy.forms && typeof copy.forms === 'object' ? copy : null;
  } catch {
    return null;
  }
}

/** JSON with its keys in order: the server may give the same form back in another order. */
export function stable(value) {
  if (Array.isArray(value)) return `[${value.map(stable).join()}]`;
  if (!value || typeof value !== 'object') return JSON.stringify(value) || 'null';
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${stable(value[key])}`).join()}}`;
}

export const same = (one, other) => one.xml === other.xml && stable(one.forms) === stable(other.forms);
