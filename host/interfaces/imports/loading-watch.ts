import type { FromImportsWorker } from './messages.ts';

/** How long a module may be loaded without a word about it, in milliseconds. */
const longestSilence = 10_000;

/** Tells of a module that takes long to load: in an endless loop its own thread can't say so. */
export class LoadingWatch {
  readonly #tell: (text: string) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** Whether the message was about loading. */
  receive(message: FromImportsWorker): boolean {
    if (message.type !== 'loading' && message.type !== 'loaded') return false;
    this.end();
    if (message.type === 'loading')
      this.#timer = setTimeout(() => this.#isLate(message.what), longestSilence).unref();
    return true;
  }

  /** Nothing is loaded any more. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #isLate(what: string): void {
    this.#tell(
      `${what}, which is still being loaded after ${longestSilence / 1000} s. Nothing is answered with it until then; an endless loop, or an await at its top, keeps it.`,
    );
  }
}
