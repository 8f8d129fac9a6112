import type { MaybePromise } from '../../shared/maybe-promise.ts';
import type { Chunk, TargetBuffer } from './chunk.ts';
import { type Copying, copyResults, refuse } from './rendezvous.ts';
import type { ReadableFuture } from './shared-future.ts';

/** A future of the host's that a guest reads. */
export class HostFuture implements ReadableFuture {
  readonly #value: () => MaybePromise<unknown>;
  #reading: { readonly target: TargetBuffer; readonly copying: Copying } | undefined;
  #known: { readonly value: unknown } | undefined;
  #isAsked = false;

  /** @param value called when the guest reads for the first time; may not reject */
  constructor(value: () => MaybePromise<unknown>) {
    this.#value = value;
  }

  read(_owner: object, target: TargetBuffer, copying: Copying): void {
    this.#reading = { target, copying };
    if (this.#known !== undefined) this.#give(this.#known.value);
    else if (!this.#isAsked) this.#ask();
  }

  cancel(): void {
    const reading = this.#reading;
    this.#reading = undefined;
    reading?.copying.done(copyResults.cancelled);
  }

  drop(): void {}

  #ask(): void {
    this.#isAsked = true;
    const value = this.#value();
    if (value instanceof Promise) value.then((given) => this.#cameLater(given));
    else this.#came(value);
  }

  /** Nobody of the guest can be told where it has no place for the value: it ends. */
  #cameLater(value: unknown): void {
    const target = this.#reading?.target;
    try {
      this.#came(value);
    } catch (thrown) {
      if (target?.fail === undefined) throw thrown;
      target.fail(thrown);
    }
  }

  #came(value: unknown): void {
    this.#known = { value };
    if (this.#reading !== undefined) this.#give(value);
  }

  #give(value: unknown): void {
    const reading = this.#reading;
    this.#reading = undefined;
    reading?.target.put([value]);
    reading?.copying.done(copyResults.completed);
  }
}

/** Takes the value of a future that a guest writes. */
class ValueReader implements TargetBuffer, Copying {
  readonly length = 1;
  remain = 1;
  #value: unknown;
  readonly #came: (value: unknown) => void;

  constructor(came: (value: unknown) => void) {
    this.#came = came;
  }

  put(chunk: Chunk): void {
    this.#value = chunk[0];
    this.remain = 0;
  }

  copied(): void {}

  done(): void {
    this.#came(this.#value);
  }
}

/** Reads a future that a guest writes, for the host; `came` gets the value, perhaps before this returns. */
export function readFuture(future: ReadableFuture, came: (value: unknown) => void): void {
  const reader = new ValueReader(came);
  try {
    future.read(reader, reader, reader);
  } catch (thrown) {
    refuse(future, thrown);
  }
}
