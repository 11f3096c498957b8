// Asks the server, a moment after a letter, whether an expression can be read. Knows no picture.
const PAUSE = 300;

/**
 * A `check` for textField. `kind()` says what it is for: 'syarat', 'skrip', or the name of a timer's part. `known()`
 * gives the variables that may be read here (null: any).
 */
export function expressionCheck(context, kind, { known = () => null } = {}) {
  return (tell) => {
    let timer, turn = 0;
    return (text) => {
      clearTimeout(timer);
      turn += 1;
      const mine = turn;
      if (!text.trim()) return tell('');
      timer = setTimeout(async () => {
        try {
          const answer = await context.request(`/proses/${context.processId}/ekspresi`, { text, kind: kind() });
          if (mine === turn) tell(answer.message || strangers(answer.names, known()));
        } catch {
          // Without the server nothing is said here; the bar above the picture tells of it.
        }
      }, PAUSE);
      return undefined;
    };
  };
}

function strangers(names, known) {
  const strange = known === null ? [] : names.filter((name) => !known.includes(name));
  if (!strange.length) return '';
  const shown = strange.map((name) => `«${name}»`).join(', ');
  return `Isian ${shown} belum diisi oleh formulir mana pun sebelum bagian ini, atau bersifat pribadi.`;
}
