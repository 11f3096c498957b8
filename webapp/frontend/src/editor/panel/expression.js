// A field for an expression of the language, with completion of variables, their choices and functions.
import { textField } from './fields.js';
import { combobox } from './combobox.js';
import { expressionCheck } from './check.js';

const FUNCTIONS = {
  syarat: [ [ 'kosong(', 'kosong(isian)', 'benar bila tidak diisi' ], [ 'panjang(', 'panjang(isian)', 'banyaknya huruf atau butir' ],
    [ 'and', 'and', 'dua-duanya' ], [ 'or', 'or', 'salah satu' ], [ 'not', 'not', 'kebalikannya' ] ],
  waktu: [ [ 'hari_kerja(', 'hari_kerja(n)', 'n hari kerja' ], [ 'jam_kerja(', 'jam_kerja(n)', 'n jam kerja' ],
    [ 'menit_kerja(', 'menit_kerja(n)', 'n menit kerja' ], [ 'if', 'if … else …', 'memilih di antara dua waktu' ] ]
};
const CHOICE = /([A-Za-z]\w*)\s*(?:==|!=|(?:not\s+)?in\s*\[(?:\s*(?:'[^']*'|"[^"]*")\s*,)*)\s*(['"]?)([^'"\]]*)$/;

/** What may be put in at the caret: choices of the variable that is compared there, otherwise names. */
export function completions(text, caret, variables, kind, all) {
  const before = text.slice(0, caret);
  const compared = CHOICE.exec(before);
  const variable = compared && variables.find(({ name }) => name === compared[1]);
  if (variable && variable.choices.length) {
    const [ , , quote, begun ] = compared;
    const from = caret - begun.length - quote.length;
    const to = quote && text[caret] === quote ? caret + 1 : caret;
    const fits = ({ code, label }) => `${code} ${label}`.toLowerCase().includes(begun.trim().toLowerCase());
    return { from, to, options: variable.choices.filter(fits).map(({ code, label }) => ({
      value: variable.type === 'integer' ? code : `'${code}'`, label: code, detail: label === code ? '' : label
    })) };
  }
  const inText = (before.match(/'/g) || []).length % 2 || (before.match(/"/g) || []).length % 2;
  const word = /[A-Za-z]\w*$/.exec(before);
  const begun = word ? word[0].toLowerCase() : '';
  const from = caret - begun.length;
  if (inText || (!begun && !all)) return { from, to: caret, options: [] };
  const names = variables.map(({ name, label, choices, origin }) => ({
    value: name, label: name, sought: `${name} ${label}`,
    detail: [ label, choices.length ? choices.map(({ code }) => code).join(', ') : origin ].filter(Boolean).join(' · ')
  }));
  const functions = FUNCTIONS[kind].map(([ value, label, detail ]) => ({ value, label, detail, sought: value }));
  const options = [ ...names, ...functions ].filter(({ sought, value }) => sought.toLowerCase().split(/\W+/)
    .some((each) => each.startsWith(begun)) && value.toLowerCase() !== begun);
  return { from, to: caret, options };
}

/**
 * `variables()` are those that may be read here; they are looked for anew whenever something is offered. `kind` says
 * which functions are offered, `asked()` what the server is told that the expression is for.
 */
export function expressionField(panel, { kind, asked = () => kind, variables, any = false, ...options }) {
  const { input } = combobox({ offers: (text, caret, all) => completions(text, caret, variables(), kind, all) });
  input.classList.add('sandi');
  return textField(panel, {
    ...options, input,
    check: expressionCheck(panel.context, asked, { known: () => (any ? null : variables().map(({ name }) => name)) })
  });
}
