// The list of scenarios: saved, opened, run again, accepted, renamed, deleted. The server draws it anew each time.

export function prepareScenarios(root, simulation) {
  const place = root.querySelector('[data-skenario]');

  const send = async (url, body) => {
    const found = await simulation.ask(url, body);
    if (!found) return false;
    place.innerHTML = found.list;
    if (found.said) simulation.news.textContent = found.said;
    place.querySelector('h2').focus();
    return true;
  };

  simulation.panel.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!('simpanSebagai' in form.dataset) || !form.reportValidity()) return;
    const { actions, started } = simulation;
    if (await send(root.dataset.simpanSkenario, { nama: form.elements.nama.value, actions, started })) form.reset();
  });

  place.addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.target;
    if (form.dataset.ubah) send(form.dataset.ubah, { nama: form.elements.nama.value });
  });

  place.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    const { dataset } = button;
    if (dataset.jalankan) {
      send(dataset.jalankan, {});
    } else if (dataset.terima) {
      send(dataset.terima, { terima: true });
    } else if ('buka' in dataset) {
      simulation.role = null;
      simulation.go(JSON.parse(dataset.langkahLangkah), () => {
        root.scrollIntoView({ block: 'start' });
        simulation.toWork();
      }, dataset.mulai);
    } else if ('hapus' in dataset) {
      // Two presses instead of a dialog: the first says what the second will do.
      if ('yakin' in dataset) send(button.form.dataset.ubah, { hapus: true });
      else {
        dataset.yakin = '';
        button.textContent = 'Tekan sekali lagi untuk menghapus';
      }
    }
  });
}
