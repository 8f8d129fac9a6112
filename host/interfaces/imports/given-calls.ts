import type { FromImportsWorker, ToImportsWorker } from './messages.ts';
import { ModulesHere } from './module-calls.ts';
import { isModuleFault, thrownText } from './module-fault.ts';
import type { ServedImport } from './served-import.ts';

/** Answers what one worker asks of functions that are in this thread. */
export class GivenCalls {
  readonly #calls: ModulesHere;
  readonly #post: (message: ToImportsWorker) => void;
  #isClosed = false;

  /** @param given functions and classes, by the numbers of their modules */
  constructor(
    served: readonly ServedImport[],
    given: ReadonlyMap<number, object>,
    post: (message: ToImportsWorker) => void,
  ) {
    this.#post = post;
    this.#calls = new ModulesHere(served, given, (text) => process.emitWarning(text, 'kvasi'));
  }

  receive(received: unknown): void {
    const message = received as FromImportsWorker;
    if (message.type === 'drop') this.#calls.drop(message.handle);
    else if (message.type === 'call') void this.#answer(message);
  }

  /** The worker has ended: nobody needs its resources any more. */
  close(): void {
    this.#isClosed = true;
    this.#calls.dropAll();
  }

  async #answer({ id, served, func, args }: Extract<FromImportsWorker, { type: 'call' }>): Promise<void> {
    const message = await this.#made({ served, func, args }).then(
      (answer): ToImportsWorker => ({ type: 'answer', id, answer }),
      (thrown: unknown): ToImportsWorker => {
        const isFault = isModuleFault(thrown);
        const text = isFault ? thrown.message : thrownText(thrown);
        return { type: 'fault', id, message: text, stack: isFault ? thrown.stackOfModule : undefined };
      },
    );
    if (this.#isClosed) this.#calls.dropAll();
    else this.#post(message);
  }

  async #made(call: Parameters<ModulesHere['call']>[0]): Promise<Awaited<ReturnType<ModulesHere['call']>>> {
    return await this.#calls.call(call);
  }
}
