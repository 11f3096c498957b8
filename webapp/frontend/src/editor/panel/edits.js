// Changes of the picture made in the panel: each is one step of "Urungkan", a visit to a field too. Knows no fields.
const COMMAND = 'aduan.sifat';

export class Edits {
  /** `settle()` writes what is still being typed: it came before what is done now. */
  constructor(modeler, settle) {
    this.settle = settle;
    this.stack = modeler.get('commandStack');
    this.turn = 0;
    this.stack.register(COMMAND, { preExecute: (context) => context.act() });
    modeler.on('commandStack.changed', () => { this.turn += 1; });
  }

  /** Does `act`, which changes the picture through any number of modeling commands, as one step. */
  change(act) {
    this.settle();
    this.execute(act);
  }

  execute(act) {
    this.stack.execute(COMMAND, { act });
  }

  visit() {
    return new Visit(this);
  }
}

/** One stay in a field: however often it writes, one step remains, and none when the value is the old one again. */
class Visit {
  constructor(edits) {
    this.edits = edits;
    this.written = null;
  }

  /** `same()` says whether the picture holds the value already. */
  write(act, same) {
    const { edits } = this;
    // Only when nothing else was done since: otherwise somebody else's step would be undone.
    if (this.written === edits.turn) edits.stack.undo();
    this.written = null;
    if (same()) return;
    edits.execute(act);
    this.written = edits.turn;
  }
}
