import type { Call } from '../../wasi/keyvalue/interceptor.ts';

/** Where operations wait until somebody lets them go on, one by one. */
export class Gate {
  readonly #waiting = new Map<number, () => void>();
  readonly #announce: (call: Call) => void;
  #isShut = false;

  /** @param announce tells whoever lets operations go on of one that waits */
  constructor(announce: (call: Call) => void) {
    this.#announce = announce;
  }

  get isShut(): boolean {
    return this.#isShut;
  }

  shut(): void {
    this.#isShut = true;
  }

  /** Lets everybody go on, now and later. */
  open(): void {
    this.#isShut = false;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const pass of waiting) pass();
  }

  /** Lets the operation of one request go on. */
  pass(request: number): void {
    const pass = this.#waiting.get(request);
    this.#waiting.delete(request);
    pass?.();
  }

  /** Resolves when the operation may go on. Opening a bucket changes nothing and does not wait. */
  async wait(call: Call): Promise<void> {
    if (!this.#isShut || call.op === 'open') return;
    this.#announce(call);
    await new Promise<void>((resolve) => {
      this.#waiting.set(call.request, resolve);
    });
  }
}
