// A condition in words (isian, pembanding, nilai) and as an expression of the language. Knows texts only.

const NAME = '[A-Za-z][A-Za-z0-9_]*';
const VALUE = '\'[^\'\\\\\\n]*\'|"[^"\\\\\\n]*"|-?[0-9]+(?:\\.[0-9]+)?';
const RESERVED = new Set([ 'and', 'or', 'not', 'in', 'is', 'if', 'else', 'True', 'False', 'None' ]);
const EDGES = [ '>', '>=', '<', '<=' ];

export const WORDS = {
  '==': 'sama dengan', '!=': 'tidak sama dengan', '>': 'lebih dari', '>=': 'paling sedikit', '<': 'kurang dari',
  '<=': 'paling banyak', in: 'salah satu dari', 'not in': 'bukan salah satu dari', isi: 'diisi', kosong: 'tidak diisi',
  ya: 'dicentang', tidak: 'tidak dicentang'
};

/** Comparisons that make sense for a variable, the usual one first. */
export function comparisons(variable) {
  const { type, choices } = variable || {};
  if (type === 'boolean') return [ 'ya', 'tidak' ];
  if (type === 'array') return [ 'isi', 'kosong' ];
  if (type === 'integer') return [ '==', '!=', ...EDGES, 'isi', 'kosong' ];
  return [ '==', '!=', ...(choices && choices.length ? [ 'in', 'not in' ] : []), 'isi', 'kosong' ];
}

export const takesValue = (comparison) => comparison in WORDS && ![ 'isi', 'kosong', 'ya', 'tidak' ].includes(comparison);
export const takesList = (comparison) => comparison === 'in' || comparison === 'not in';

const bare = (value) => (/^['"]/.test(value) ? value.slice(1, -1) : value);
const matched = (pattern, text) => new RegExp(`^${pattern}$`).exec(text);

/** {name, comparison, values} of a simple condition, null of any other. */
export function readCondition(text) {
  const plain = (text || '').trim();
  const read = readPresence(plain) || readComparison(plain) || readList(plain);
  return read && !RESERVED.has(read.name) ? read : null;
}

function readPresence(plain) {
  let found = matched(`(not\\s+)?kosong\\(\\s*(${NAME})\\s*\\)`, plain);
  if (found) return { name: found[2], comparison: found[1] ? 'isi' : 'kosong', values: [] };
  found = matched(`(not\\s+)?(${NAME})`, plain);
  if (found) return { name: found[2], comparison: found[1] ? 'tidak' : 'ya', values: [] };
  return null;
}

function readComparison(plain) {
  const found = matched(`(?:not\\s+kosong\\(\\s*(${NAME})\\s*\\)\\s+and\\s+)?(${NAME})\\s*(==|!=|>=|<=|>|<)\\s*(${VALUE})`, plain);
  if (!found || (found[1] && found[1] !== found[2])) return null;
  return { name: found[2], comparison: found[3], values: [ bare(found[4]) ] };
}

function readList(plain) {
  const found = matched(`(${NAME})\\s+(not\\s+)?in\\s*\\[\\s*((?:${VALUE})(?:\\s*,\\s*(?:${VALUE}))*)\\s*,?\\s*\\]`, plain);
  if (!found) return null;
  const values = found[3].match(new RegExp(VALUE, 'g')).map(bare);
  return { name: found[1], comparison: found[2] ? 'not in' : 'in', values };
}

/** What is wrong with a value, '' when nothing is. */
export function valueFault(value, variable) {
  if (variable && variable.type === 'integer') return /^-?[0-9]{1,15}$/.test(value) ? '' : 'Tulis bilangan bulat, misalnya 3.';
  if (/[\\\n]/.test(value) || (value.includes('\'') && value.includes('"'))) {
    return 'Nilai tidak boleh memuat garis miring terbalik, atau kedua macam tanda petik sekaligus.';
  }
  return '';
}

function written(value, variable) {
  if (variable && variable.type === 'integer') return value;
  return value.includes('\'') ? `"${value}"` : `'${value}'`;
}

/** The expression; the values must be without fault. */
export function writeCondition({ name, comparison, values }, variable) {
  if (comparison === 'isi') return `not kosong(${name})`;
  if (comparison === 'kosong') return `kosong(${name})`;
  if (comparison === 'ya') return name;
  if (comparison === 'tidak') return `not ${name}`;
  if (takesList(comparison)) return `${name} ${comparison} [${values.map((each) => written(each, variable)).join(', ')}]`;
  // What is larger than nothing has no answer: the engine asks that an optional field is looked at first.
  const first = EDGES.includes(comparison) && variable && variable.optional ? `not kosong(${name}) and ` : '';
  return `${first}${name} ${comparison} ${written(values[0] || '', variable)}`;
}

/** What a condition on `variable` begins with, so that choosing it already gives one. */
export function beginCondition(variable, comparison = comparisons(variable)[0], before = []) {
  const { name, choices, type, minimum } = variable;
  let values = [];
  if (takesValue(comparison)) {
    const kept = before.filter((each) => (choices && choices.length ? choices.some(({ code }) => code === each) : !valueFault(each, variable)));
    const usual = choices && choices.length ? choices[0].code : type === 'integer' ? String(minimum === undefined ? 1 : minimum) : '';
    values = kept.length ? kept : [ usual ];
    if (!takesList(comparison)) values = values.slice(0, 1);
  }
  return { name, comparison, values };
}

/** The condition in words, with the names that people see. */
export function conditionSentence(text, find) {
  const read = readCondition(text);
  if (!read) return text;
  const variable = find(read.name);
  const label = (variable && variable.label) || read.name;
  const values = read.values.map((each) => {
    const choice = variable && variable.choices.find(({ code }) => code === each);
    return (choice && choice.label) || each || '(kosong)';
  });
  return `${label} ${WORDS[read.comparison]} ${values.join(', ')}`.trim();
}
