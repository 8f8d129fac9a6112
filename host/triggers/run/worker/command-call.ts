import type { Outcome } from '../../../runtime/outcome.ts';
import type { GuestCommand } from '../../../runtime/worker/guest.ts';
import type { CallLink, GuestCall } from '../../../runtime/worker/worker-trigger.ts';
import type { CommandRun, ToCommand } from '../messages.ts';
import { sentEnds } from '../trigger.ts';
import { StandardInput } from './standard-input.ts';

/** A run in a worker: a call of `wasi:cli/run.run`, or of another export without parameters. */
export class CommandCall implements GuestCall {
  readonly id: number;
  readonly command: GuestCommand;
  readonly #stdin: StandardInput;
  readonly #link: CallLink;
  #status: number | undefined;

  constructor(id: number, { args, terminals }: CommandRun, link: CallLink) {
    this.id = id;
    this.#link = link;
    this.#stdin = new StandardInput((message) => link.tell(id, message));
    this.command = { args, terminals, stdin: this.#stdin };
  }

  args(): readonly unknown[] {
    return [];
  }

  ended(result: unknown): void {
    this.#status ??= isError(result) ? 1 : 0;
  }

  returned(result: unknown, over: () => void): void {
    this.ended(result);
    over();
  }

  receive(message: ToCommand): void {
    this.#stdin.receive(message);
  }

  abort(reason: Error): void {
    this.#stdin.abort(reason);
  }

  exited(status: number): boolean {
    this.#status = status;
    return true;
  }

  conclude(outcome: Outcome): void {
    const status = this.#status;
    this.#link.output(sentEnds, { id: this.id, outcome, ...(status === undefined ? {} : { status }) });
  }
}

/** Whether an export has answered the error case of a `result`. */
function isError(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'tag' in result && result.tag === 'err';
}
