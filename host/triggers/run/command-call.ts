import type { Readable } from 'node:stream';
import type { Outcome, Output } from '../../runtime/outcome.ts';
import { noTrace, type PackedTrace } from '../../runtime/trace/packed-trace.ts';
import type { Terminals } from '../../runtime/worker/guest.ts';
import type { Invocation } from '../../runtime/worker-pool/invocation.ts';
import type { WorkerLink } from '../../runtime/worker-pool/worker-link.ts';
import { InputFeed } from './input-feed.ts';
import type { CommandOutput, CommandRun, FromCommand, ToCommand } from './messages.ts';
import { runTrigger } from './trigger.ts';

/** What a command is run with. */
export interface CommandStart {
  /** The first is the command's own name. */
  readonly args: readonly string[];
  /** Default: an empty one. */
  readonly stdin?: Readable | undefined;
  /** Which of its streams somebody sits at. Default: none. */
  readonly terminals?: Terminals | undefined;
  /** Where it counts with the requests of a host: its number among them. */
  readonly number?: number | undefined;
}

/** How a command has ended. */
export interface CommandEnd {
  /** 0 where it answered ok, 1 where it answered an error, or what it has exited with; undefined where it did not come to an end. */
  readonly status: number | undefined;
  readonly trap: Outcome['trap'];
  /** Why the host ended it; undefined where it ended by itself. */
  readonly reason: string | undefined;
  readonly operations: PackedTrace;
  readonly milliseconds: number;
}

const nobody: Terminals = { stdin: false, stdout: false, stderr: false };

/** One run of a command. It takes the time that it takes. */
export class CommandCall implements Invocation, CommandRun {
  readonly trigger = runTrigger;
  readonly number: number;
  /** See `CommandStart.number`. */
  readonly hostNumber: number | undefined;
  readonly args: readonly string[];
  readonly terminals: Terminals;
  readonly idle = 0;
  readonly #stdin: Readable | undefined;
  readonly #started = performance.now();
  readonly #ended = Promise.withResolvers<CommandEnd>();
  #feed: InputFeed | undefined;
  #link: WorkerLink | undefined;
  #id = 0;
  #status: number | undefined;
  #isOver = false;

  /** @param number counts the calls of a host from 1 */
  constructor(number: number, { args, stdin, terminals = nobody, number: hostNumber }: CommandStart) {
    this.number = number;
    this.hostNumber = hostNumber;
    this.args = args;
    this.terminals = terminals;
    this.#stdin = stdin;
  }

  /** Resolves when it has ended, however that came. */
  get ended(): Promise<CommandEnd> {
    return this.#ended.promise;
  }

  get age(): number {
    return performance.now() - this.#started;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether another worker may begin it: none has. */
  get canMove(): boolean {
    return this.#feed === undefined && !this.#isOver;
  }

  begin(link: WorkerLink, id: number): void {
    this.#link = link;
    this.#id = id;
    link.begin(id, runTrigger, this);
  }

  output(output: Output): void {
    const { status, outcome } = output as CommandOutput;
    this.#status ??= status;
    if (outcome !== undefined) this.#end(outcome, undefined);
  }

  receive(message: FromCommand): void {
    const { feed } = this;
    if (feed === undefined) {
      if (message.type === 'read') this.#tell({ type: 'inputEnd' });
    } else feed.receive(message);
  }

  /** Ends it where it is. */
  abort(reason: string): void {
    if (this.#isOver) return;
    this.#link?.abort(this.#id, reason);
    this.#end(undefined, reason);
  }

  progress(): void {}

  late(): void {}

  refuse(reason: string): void {
    this.#end(undefined, reason);
  }

  giveUp(reason: string): void {
    this.#end(undefined, reason);
  }

  orphan(): void {
    this.#end(undefined, 'nobody waits for it');
  }

  private get feed(): InputFeed | undefined {
    if (this.#stdin !== undefined)
      this.#feed ??= new InputFeed(this.#stdin, (message) => this.#tell(message));
    return this.#feed;
  }

  #tell(message: ToCommand): void {
    if (!this.#isOver) this.#link?.tell(this.#id, message);
  }

  #end(outcome: Outcome | undefined, reason: string | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#feed?.close();
    this.#ended.resolve({
      status: outcome?.trap === undefined ? this.#status : undefined,
      trap: outcome?.trap,
      reason,
      operations: outcome?.operations ?? noTrace,
      milliseconds: this.age,
    });
  }
}
