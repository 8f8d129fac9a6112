import type { Output } from '../outcome.ts';
import type { Trigger } from '../trigger.ts';
import type { WorkerLink } from './worker-link.ts';

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
  /** Whoever makes it bounds how many there are, so that it does not wait behind others. Default: it may wait. */
  readonly isBounded?: boolean;
  /** Gives it to a worker. @param id its number there */
  begin(worker: WorkerLink, id: number): void;
  /** Something came of it. */
  output(output: Output): void;
  /** Its guest says something else about it. */
  receive(message: unknown): void;
  /** The same in a number. @param kind what it means is the trigger's */
  note?(kind: number, amount: number): void;
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
