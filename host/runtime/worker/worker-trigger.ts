import type { Blocks, Lent } from '../ipc/blocks.ts';
import type { RingBuffer } from '../ipc/ring-buffer.ts';
import type { Sending } from '../ipc/sending.ts';
import type { Outcome, Output } from '../outcome.ts';
import type { Propagated } from '../trace/span-context.ts';
import type { Guest, GuestCommand } from './guest.ts';

/** A trigger in a worker, with the name of that on the main thread. */
export interface WorkerTrigger {
  readonly name: string;
  /** Reads a call from where it was written. @param blocks where long bytes of it are */
  read(ring: RingBuffer, at: number, id: number, link: CallLink, blocks: Blocks): GuestCall;
  /** Takes a call that came as a message. */
  take(value: unknown, id: number, link: CallLink): GuestCall;
}

/** A call of an export in a worker. */
export interface GuestCall {
  readonly id: number;
  /** Absent where no command is run. */
  readonly command?: GuestCommand;
  /** Which of the program's entries it calls. Default: the first. */
  readonly entry?: number;
  /** What the export is called with. Asked for once. */
  args(guest: Guest): readonly unknown[];
  /** A synchronous export has answered. */
  ended?(result: unknown): void;
  /** An asynchronous export has answered; see `Returned`. */
  returned?(result: unknown, over: () => void): void;
  /** What its caller says of the trace that it belongs to. Asked for only where somebody traces. Default: nothing. */
  propagated?(): Propagated | undefined;
  /** The main thread says something about it. */
  receive(message: unknown): void;
  /** The same in a number. @param kind what it means is the trigger's */
  note?(kind: number, amount: number): void;
  /** Bytes for it, which it gives back. */
  bytes?(lent: Lent): void;
  /** Nobody waits for it any more: whatever of it the guest waits for is rejected with the reason. */
  abort(reason: Error): void;
  /** The guest has ended itself. Answers whether that was in good order; where not, it counts as a trap. */
  exited(status: number): boolean;
  /** It is over, and the main thread is to be told. */
  conclude(outcome: Outcome): void;
}

/** What a call in a worker says to the main thread. */
export interface CallLink {
  /** A part of what comes of it. */
  output<T extends Output>(sending: Sending<T, Output>, output: T): void;
  /** Something else, for `Invocation.receive`. */
  tell(id: number, message: unknown): void;
  /** Something else in a number, for `Invocation.note`. */
  note(id: number, kind: number, amount: number): void;
  /** Where it puts long bytes of what comes of it; see `Output.part`. */
  readonly blocks: Blocks;
}
