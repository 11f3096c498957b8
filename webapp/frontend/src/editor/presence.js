// Tells the server that this tab has the draft open, and the person who else has. Knows names and revisions only.
const EVERY = 10_000;

export class Presence {
  constructor({ request, tab, seen }) {
    Object.assign(this, { request, tab, seen });
  }

  /** Begins with a draft; the server's answer goes to `seen({rev, by, others})`. */
  follow(draft) {
    clearInterval(this.timer);
    this.draft = draft;
    this.ask();
    this.timer = setInterval(() => this.ask(), EVERY);
  }

  async ask() {
    try {
      this.seen(await this.request(`draf/${this.draft}/hadir`, { tab: this.tab }));
    } catch {
      // Saving tells of a lost connection; who else is here can wait until it is back.
    }
  }
}

/** "Budi juga membuka draf ini." */
export function inWords(others, self) {
  const names = [ ...new Set(others.map((each) => (each.name === self ? 'Anda sendiri (di tab lain)' : each.name))) ];
  if (!names.length) return '';
  const last = names.pop();
  return `${names.length ? `${names.join(', ')} dan ${last}` : last} juga membuka draf ini. `
    + 'Yang menyimpan belakangan akan diberi tahu.';
}
