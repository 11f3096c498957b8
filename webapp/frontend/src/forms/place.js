// Where one was before the page was loaded again: unfolded fields and the height of the page.

const key = () => `aduan-rancang:${window.location.pathname}`;
const titles = (form) => [ ...form.querySelectorAll('[data-baris]') ];

export function remember(form) {
  const open = titles(form).flatMap((card, place) => (card.querySelector('details').open ? [ place ] : []));
  try { sessionStorage.setItem(key(), JSON.stringify({ open, y: window.scrollY })); } catch { /* full or off */ }
}

export function recall(form) {
  let old = null;
  try {
    old = JSON.parse(sessionStorage.getItem(key()));
    sessionStorage.removeItem(key());
  } catch { /* off */ }
  if (!old || document.querySelector('[data-fokus]')) return;
  titles(form).forEach((card, place) => { if (old.open.includes(place)) card.querySelector('details').open = true; });
  window.scrollTo(0, old.y);
}
