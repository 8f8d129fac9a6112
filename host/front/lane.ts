import type { Exchange } from './exchange.ts';
import type { GuestThread } from './guest-thread.ts';

/** A guest thread and the requests that it has. */
export interface Lane {
  readonly thread: GuestThread;
  readonly exchanges: Map<number, Exchange>;
  /** When the unanswered ping was sent. */
  pinged: number | undefined;
  /** Whoever started it waits for it and hears what goes wrong. */
  awaited: boolean;
  /** Replaced: it gets no more requests, its buckets are another's, and it is ended once nobody waits for it. */
  retired: boolean;
  /** Kept busy by a component: the requests that it had not begun have gone elsewhere. */
  bypassed: boolean;
}

/** Answers a request that no thread will serve. */
export function giveUp(exchange: Exchange, reason: string): void {
  exchange.fail(503, reason);
  exchange.orphan();
}
