/* Moves the bar of a dry run while it is under way, and loads the page again once it has ended. */
(function () {
  'use strict';

  const EVERY = 1000; // ms
  const LATER = 5000; // after a failure: the server may be away for a while

  async function ask(place) {
    const answer = await fetch(place.dataset.uji, { headers: { Accept: 'application/json' } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const found = await answer.json();
    const bar = place.querySelector('progress');
    bar.max = found.total;
    bar.value = found.done;
    place.querySelector('[data-kemajuan]').textContent = found.text;
    return found.state === 'waiting';
  }

  async function follow(place) {
    let wait = EVERY;
    try {
      if (!await ask(place)) { window.location.reload(); return; }
    } catch { wait = LATER; }
    window.setTimeout(follow, wait, place);
  }

  document.querySelectorAll('[data-uji]').forEach((place) => window.setTimeout(follow, EVERY, place));
}());
