import type { Holdings } from '../../runtime/worker/holdings.ts';
import type { ModuleCalls } from './module-calls.ts';

/** What a guest holds of a module's resource: a handle. It is dropped at the end of the guest at the latest. */
export class GuestResource implements Disposable {
  readonly calls: ModuleCalls;
  readonly handle: number;
  readonly #forget: () => void;

  constructor(calls: ModuleCalls, handle: number, holdings: Holdings) {
    this.calls = calls;
    this.handle = handle;
    this.#forget = holdings.keepOpen(() => calls.drop(handle));
  }

  /** The module has it from now on. */
  give(): number {
    this.#forget();
    return this.handle;
  }

  [Symbol.dispose](): void {
    this.#forget();
    this.calls.drop(this.handle);
  }
}
