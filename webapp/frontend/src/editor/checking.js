// Asks the gate on the server what it says to the picture, a moment after every change.
const PAUSE = 400;

export class Checking {
  constructor({ request, content, found, failed }) {
    Object.assign(this, { request, content, found, failed });
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), PAUSE);
  }

  async now() {
    clearTimeout(this.timer);
    if (this.running) this.running.abort();
    const running = this.running = new AbortController();
    try {
      const { findings } = await this.request('periksa', this.content(), { signal: running.signal });
      if (this.running === running) this.found(findings);
    } catch (error) {
      if (error.name !== 'AbortError' && this.running === running) this.failed(error);
    } finally {
      if (this.running === running) this.running = null;
    }
  }
}
