import type { Outcome } from './ipc/protocol.ts';
import type { RingBuffer } from './ipc/ring-buffer.ts';
import type { Guest } from './worker/guest.ts';
import type { WorkerLink } from './worker-pool/worker-link.ts';

/** Sends values of one kind to another thread: short ones as records, others as messages. */
export interface Sending<T, Message = unknown> {
  /** How many bytes it takes as a record, at most; undefined where it can't be one. */
  size(value: T): number | undefined;
  /** Writes it from an offset on that is a multiple of 8. Answers where it ends. */
  write(ring: RingBuffer, at: number, value: T): number;
  /** It as a message, with buffers of its own that are handed over. */
  message(value: T): { readonly value: Message; readonly transfer: ArrayBuffer[] };
}

/** A part of what comes of a call, or all of it. What else there is, is the trigger's. */
export interface Output {
  readonly id: number;
  /** The guest has ended. */
  outcome?: Outcome | undefined;
}

/** Turns something outside into calls of an export of the component, on the main thread. */
export interface Trigger<Call = never> {
  /** The name of its folder. */
  readonly name: string;
  readonly calls: Sending<Call>;
  /** Reads a part of what came of a call, from where it was written. */
  readOutput(ring: RingBuffer, at: number, id: number): Output;
}

/** A call that a trigger wants made, as the pool of workers sees it. */
export interface Invocation {
  /** Counts the calls of a host from 1. */
  readonly number: number;
  readonly trigger: Pick<Trigger, 'readOutput'>;
  /** Milliseconds since it came. */
  readonly age: number;
  /** Milliseconds since anything was heard of the guest or of who waits for it. */
  readonly idle: number;
  /** Nobody waits for more of what comes of it. */
  readonly isOver: boolean;
  /** It can still be given to another worker. */
  readonly canMove: boolean;
  /** Gives it to a worker. @param id its number there */
  begin(worker: WorkerLink, id: number): void;
  /** Something came of it. */
  output(output: Output): void;
  /** Its guest says something else about it. */
  receive(message: unknown): void;
  /** The guest goes on, which showed in nothing else. */
  progress(): void;
  /** Nothing was heard for too long. @param patience for how long, in milliseconds */
  late(patience: number): void;
  /** The host has too much to do: nothing was done for it, and it may be made again. */
  refuse(reason: string): void;
  /** No worker will end it. */
  giveUp(reason: string): void;
  /** No guest will say anything about it any more, and nobody waits for that. */
  orphan(): void;
}

/** What a call in a worker says to the main thread. */
export interface CallLink {
  /** A part of what comes of it. */
  output<T extends Output>(sending: Sending<T, Output>, output: T): void;
  /** Something else, for `Invocation.receive`. */
  tell(id: number, message: unknown): void;
}

/** The same trigger in a worker. */
export interface WorkerTrigger {
  readonly name: string;
  /** Reads a call from where it was written. */
  read(ring: RingBuffer, at: number, id: number, link: CallLink): GuestCall;
  /** Takes a call that came as a message. */
  take(value: unknown, id: number, link: CallLink): GuestCall;
}

/** A call of an export in a worker. */
export interface GuestCall {
  readonly id: number;
  /** What the export is called with. Asked for once. */
  args(guest: Guest): readonly unknown[];
  /** The main thread says something about it. */
  receive(message: unknown): void;
  /** Nobody waits for it any more: whatever of it the guest waits for is rejected with the reason. */
  abort(reason: Error): void;
  /** The guest has ended itself in good order. */
  exited(): void;
  /** It is over, and the main thread is to be told. */
  conclude(outcome: Outcome): void;
}
