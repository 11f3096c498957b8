// The real forms inside a simulation: what is shown when, what was typed, made-up answers.
// The same comforts as app.js gives a page when it loads; these forms come later.

const all = (selector, root) => [ ...root.querySelectorAll(selector) ];

function dependentSelect(select) {
  const parent = select.form.elements[select.dataset.tergantung];
  if (!parent) return;
  const groups = all('optgroup[data-induk]', select);
  const fill = () => {
    const kept = select.value;
    groups.forEach((group) => group.remove());
    groups.filter((group) => !parent.value || group.dataset.induk === parent.value)
      .forEach((group) => select.append(group));
    select.value = kept;
    if (select.selectedIndex < 0) select.value = '';
  };
  select.form.addEventListener('change', (event) => { if (event.target.name === select.dataset.tergantung) fill(); });
  fill();
}

function conditional(block) {
  const [ name, ...rest ] = block.dataset.tampilJika.split('=');
  const wanted = rest.join('=').split('|');
  const form = block.closest('form');
  if (!form.elements[name]) return;
  const answer = () => {
    const control = form.elements[name];
    const one = control instanceof RadioNodeList ? control[0] : control;
    if (one.disabled) return ''; // what is hidden itself answers nothing
    return one.type === 'checkbox' ? (one.checked ? one.value : '') : control.value;
  };
  const update = () => {
    const was = block.hidden;
    block.hidden = !wanted.includes(answer());
    all('input, select, textarea', block).forEach((inner) => { inner.disabled = block.hidden; });
    if (block.hidden !== was) form.dispatchEvent(new Event('change')); // for those that wait for this one
  };
  form.addEventListener('change', update);
  update();
}

export function prepareForms(root) {
  all('form select[data-tergantung]', root).forEach(dependentSelect);
  all('form [data-tampil-jika]', root).forEach(conditional);
}

/** Field -> texts, without the prefix that keeps the forms of a page apart. */
export function typedIn(form) {
  const found = {};
  for (const [ name, text ] of new FormData(form)) {
    const plain = name.slice(form.dataset.awalan.length);
    (found[plain] = found[plain] || []).push(String(text));
  }
  return found;
}

export function fillExample(form) {
  for (const [ name, texts ] of JSON.parse(form.dataset.contoh)) {
    for (const control of all(`[name="${CSS.escape(name)}"]`, form)) {
      if (control.type === 'radio' || control.type === 'checkbox') control.checked = texts.includes(control.value);
      else control.value = texts.join(', ');
      // Fields that hang on this one show themselves, or narrow their choices, before they are filled.
      control.dispatchEvent(new Event('change', { bubbles: true }));
    }
  }
}
