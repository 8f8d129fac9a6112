import type { GuestSignal } from './guest-signal.ts';

/** From a worker to the main thread. */
export interface FromOtelWorker {
  readonly signal: GuestSignal;
  readonly size: number;
  /** How much more was left out since the last message. */
  readonly dropped: number;
}

/** The answer: so much has been taken. */
export interface ToOtelWorker {
  readonly taken: number;
}
