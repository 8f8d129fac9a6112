import { emitKeypressEvents, type Key as Keypress } from 'node:readline';
import type { Terminal } from './command-context.ts';

/** A key, what it does in a few words, and how. */
export interface Key {
  readonly key: string;
  /** Another key that does the same. */
  readonly also?: string;
  readonly does: string;
  press(): void;
}

/** Reads single keys from a terminal until it is closed, which leaves the terminal as it was. */
export class Keyboard implements Disposable {
  readonly #terminal: Terminal;
  readonly #keys: ReadonlyMap<string, Key>;

  constructor(terminal: Terminal, keys: readonly Key[]) {
    this.#terminal = terminal;
    this.#keys = new Map(
      keys.flatMap((key) => [key.key, key.also ?? key.key].map((name) => [name, key] as const)),
    );
    emitKeypressEvents(terminal.input);
    terminal.input.on('keypress', this.#press);
    // The terminal was closed; the signal that comes with it ends the command.
    terminal.input.on('error', () => {});
    process.on('SIGCONT', this.#listen);
    this.#listen();
  }

  [Symbol.dispose](): void {
    const { input } = this.#terminal;
    input.off('keypress', this.#press);
    process.off('SIGCONT', this.#listen);
    input.setRawMode(false);
    input.pause();
  }

  readonly #listen = (): void => {
    this.#terminal.input.setRawMode(true);
    this.#terminal.input.resume();
  };

  readonly #press = (
    _: string | undefined,
    { name, sequence, ctrl = false, meta = false }: Keypress,
  ): void => {
    if (ctrl && name === 'c') this.#terminal.interrupt();
    else if (ctrl && name === 'z') {
      this.#terminal.input.setRawMode(false);
      this.#terminal.suspend();
    } else if (!ctrl && !meta) this.#keys.get(name ?? sequence ?? '')?.press();
  };
}
