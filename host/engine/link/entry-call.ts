import type { Entry } from './entry.ts';
import type { HostCall } from './export-function.ts';
import type { Waiting } from './import-function.ts';

/** See `LinkedInstance.call`. */
export type Done = (hasWaited: boolean, result?: unknown) => boolean;

/** An export of an instance that is called. */
export interface Callee {
  readonly entry: Entry;
  readonly exported: WebAssembly.CoreFunction;
  readonly postReturn: WebAssembly.CoreFunction | undefined;
  /** How many flat ones. */
  readonly params: number;
  readonly call: HostCall;
}

/** The calls of one export of an instance, one after the other. */
export class EntryCall {
  readonly #run: () => Promise<unknown>;
  readonly #waiting: Waiting;
  readonly #call: HostCall;
  readonly #flats: (number | bigint)[] = [];
  #result: unknown;
  #done: Done = () => false;
  #fail: (thrown: unknown) => void = () => {};
  /** Resolves with the next request, while the stack is kept for it. */
  #rest: PromiseWithResolvers<void> | undefined;

  /** @param waiting what the instance waits for */
  constructor({ entry, exported, postReturn, params, call }: Callee, waiting: Waiting) {
    this.#waiting = waiting;
    this.#call = call;
    const flats = this.#flats;
    this.#run = entry.bind(exported, postReturn, {
      args: Array.from({ length: params }, (_, index) => () => flats[index] ?? 0),
      result: (flat) => {
        this.#result = this.#call.lift(flat);
      },
      done: () => this.#ended(),
      rest: () => this.#rest?.promise ?? Promise.resolve(),
    });
  }

  /** See `LinkedInstance.call`. */
  call(args: readonly unknown[], done: Done, fail: (thrown: unknown) => void): void {
    this.#call.lower(args, this.#flats);
    this.#done = done;
    this.#fail = fail;
    const rest = this.#rest;
    if (rest === undefined) {
      this.#run().catch(this.#failed);
      return;
    }
    this.#rest = undefined;
    rest.resolve();
  }

  /** A stack that was kept is given back, which V8 does for none that is suspended. */
  discard(): void {
    this.#fail = () => {};
    this.#rest?.reject(new Error('the instance is not used again'));
    this.#rest = undefined;
  }

  readonly #failed = (thrown: unknown): void => {
    this.#waiting.promise = undefined;
    this.#fail(thrown);
  };

  #ended(): number {
    const hasWaited = this.#waiting.promise !== undefined;
    this.#waiting.promise = undefined;
    const result = this.#result;
    this.#result = undefined;
    if (!this.#done(hasWaited, result) || !hasWaited) return 0;
    this.#rest = Promise.withResolvers();
    return 1;
  }
}
