// Small pieces that every part of the editor uses: nodes, times, requests. Knows nothing of diagrams.

/** A node: make('button', { class: 'tombol', type: 'button' }, 'Simpan', ...children). */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [ name, value ] of Object.entries(attributes)) {
    if (value === false || value === undefined || value === null) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A drawing from icons.js as a node. */
export function picture(markup) {
  const holder = document.createElement('template');
  holder.innerHTML = markup;
  return holder.content.firstChild;
}

/** 14.05 in the office's time. */
export function clock(at) {
  const time = at ? new Date(at) : new Date();
  return new Intl.DateTimeFormat('id-ID', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Jakarta' })
    .format(time).replace(':', '.');
}

/** Hands a file to the person. */
export function offer(name, blob) {
  const url = URL.createObjectURL(blob);
  const link = make('a', { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 30_000);
}

const OFFLINE = 'Sambungan ke server terputus.';

/** The token of a page that is loaded now: the one of this page ends when the person logs in again elsewhere. */
async function freshToken(root) {
  const answer = await fetch(window.location.href, { credentials: 'same-origin' });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const found = page.getElementById(root.id);
  if (found) root.dataset.token = found.dataset.token;
  return Boolean(found);
}

async function send(url, wanted) {
  let answer;
  try {
    answer = await fetch(url, wanted);
    return { answer, content: await answer.json() };
  } catch (cause) {
    if (cause.name === 'AbortError') throw cause;
    // An answer that is no JSON comes from something between us and the office: as good as no answer.
    throw Object.assign(new Error(OFFLINE), { status: answer && !answer.ok ? answer.status : 0, answer: null });
  }
}

/** A function that posts JSON (or gets, without a body) and throws an Error with .status and .answer. */
export function requester(root) {
  return async function request(path, body, options = {}, again = true) {
    const url = path.startsWith('/') ? path : `/proses/${root.dataset.proses}/${path}`;
    const wanted = { credentials: 'same-origin', headers: { Accept: 'application/json' }, ...options };
    if (body !== undefined) {
      Object.assign(wanted, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
      wanted.headers = { ...wanted.headers, 'Content-Type': 'application/json', 'X-CSRFToken': root.dataset.token };
    }
    const { answer, content } = await send(url, wanted);
    if (answer.ok) return content;
    if (answer.status === 400 && again && body !== undefined && await freshToken(root)) {
      return request(path, body, options, false);
    }
    throw Object.assign(new Error(content.message || OFFLINE), { status: answer.status, answer: content });
  };
}
