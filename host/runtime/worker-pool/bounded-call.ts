import type { Outcome, Output } from '../outcome.ts';
import type { Trigger } from '../trigger.ts';
import type { Invocation } from './invocation.ts';
import type { WorkerLink } from './worker-link.ts';

/** How long a guest that is given up may take to tell what it did, in milliseconds. */
const lastWords = 100;

/** How a call has come to its end. */
export interface CallEnd<Said extends Output> {
  /** Undefined where nothing of the guest was heard. */
  readonly outcome: Outcome | undefined;
  readonly output: Said | undefined;
  /** Why the host ended it, or did not make it. */
  readonly failure: string | undefined;
}

/** A call with a single answer, by whoever bounds how many there are. */
export abstract class BoundedCall<Call, Said extends Output> implements Invocation {
  abstract readonly trigger: Trigger<Call>;
  readonly number: number;
  readonly isBounded = true;
  readonly #started = performance.now();
  #lastProgress = this.#started;
  #link: WorkerLink | undefined;
  #id = 0;
  #failure: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** @param number counts the calls of a host from 1 */
  constructor(number: number) {
    this.number = number;
  }

  /** What the worker is sent. */
  protected abstract readonly call: Call;
  /** What the component was to handle: `the message`. */
  protected abstract readonly subject: string;
  /** Called once. */
  protected abstract ended(end: CallEnd<Said>): void;

  get age(): number {
    return performance.now() - this.#started;
  }

  get idle(): number {
    return performance.now() - this.#lastProgress;
  }

  get isOver(): boolean {
    return this.#isOver || this.#failure !== undefined;
  }

  /** Nothing of it is passed on in parts. */
  get canMove(): boolean {
    return !this.isOver;
  }

  begin(link: WorkerLink, id: number): void {
    this.#link = link;
    this.#id = id;
    link.begin(id, this.trigger, this.call);
  }

  output(output: Output): void {
    this.progress();
    if (output.outcome !== undefined) this.#end(output.outcome, output as Said);
  }

  receive(): void {}

  progress(): void {
    this.#lastProgress = performance.now();
  }

  late(patience: number): void {
    if (this.isOver) return;
    this.#failure = `the component did not handle ${this.subject} within ${patience / 1000} s`;
    this.#link?.abort(this.#id, this.#failure);
    // The guest is ended, and may say what it did until then.
    this.#timer = setTimeout(() => this.#end(undefined, undefined), lastWords);
  }

  refuse(reason: string): void {
    this.#failed(reason);
  }

  giveUp(reason: string): void {
    this.#failed(reason);
  }

  orphan(): void {
    this.#failed(`no worker has handled ${this.subject}`);
  }

  #failed(reason: string): void {
    this.#failure ??= reason;
    this.#end(undefined, undefined);
  }

  #end(outcome: Outcome | undefined, output: Said | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.ended({ outcome, output, failure: this.#failure });
  }
}
