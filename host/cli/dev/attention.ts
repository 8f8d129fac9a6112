import type { CommandContext } from '../../terminal/command-context.ts';
import { Keyboard } from '../../terminal/keyboard.ts';
import { type DevActions, devKeys } from './shortcuts.ts';

/** What the person at the terminal can do to a running `kvasi dev`: end it in good order, and press keys. */
export class Attention implements Disposable {
  readonly #context: CommandContext;
  readonly #actions: DevActions | undefined;
  #keyboard: Keyboard | undefined;

  /** @param actions what keys do; undefined: there are none */
  constructor(context: CommandContext, actions: DevActions | undefined) {
    this.#context = context;
    this.#actions = actions;
  }

  /**
   * From now on there is something to end in good order, and something for the keys to act upon.
   *
   * @param patience see `CommandContext.heedSignals`
   */
  begin(patience: number): void {
    const { terminal } = this.#context;
    this.#context.heedSignals(patience);
    if (terminal !== undefined && this.#actions !== undefined)
      this.#keyboard ??= new Keyboard(terminal, devKeys(this.#actions));
  }

  [Symbol.dispose](): void {
    this.#keyboard?.[Symbol.dispose]();
  }
}
