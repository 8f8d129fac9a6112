import type { FromImportsWorker, ToImportsWorker } from './messages.ts';
import type { CallAnswer, ModuleCall, ModuleCalls } from './module-calls.ts';
import { ModuleFault } from './module-fault.ts';

/** Calls functions that are in the main thread. */
export class ModulesThere implements ModuleCalls {
  readonly #post: (message: FromImportsWorker) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<CallAnswer>>();
  #last = 0;

  constructor(post: (message: FromImportsWorker) => void) {
    this.#post = post;
  }

  call(call: ModuleCall): Promise<CallAnswer> {
    this.#last += 1;
    const answer = Promise.withResolvers<CallAnswer>();
    this.#waiting.set(this.#last, answer);
    this.#post({ type: 'call', id: this.#last, ...call });
    return answer.promise;
  }

  drop(handle: number): void {
    this.#post({ type: 'drop', handle });
  }

  receive(message: ToImportsWorker): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'answer') waiting?.resolve(message.answer);
    else waiting?.reject(new ModuleFault(message.message, message.stack));
  }
}
