import type { Step } from '../fault-injection/schedule.ts';
import type { GuestLog } from '../worker/guest-log.ts';

/** What the dispatcher tells the host. */
export interface DispatcherEvents {
  /**
   * The component wrote to its standard output or error while it served that request. Answers a promise where whoever reads that is
   * behind; components wait for it before they print much more.
   */
  print(request: number, stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void> | void;
  /** The component logged a message while it served that request; see `print`. Default: it is printed to standard error. */
  log?(request: number, message: GuestLog): Promise<void> | void;
  /** A store went away or came back, and the like. */
  warning(text: string): void;
  /** A worker ended by itself. */
  crash(error: unknown): void;
  /** An error of the host that nobody foresaw; what it happened to has been ended. */
  fault(error: unknown): void;
  /** A worker was replaced because a component keeps it busy. */
  replaced(): void;
  /** An operation was made in the order of a schedule. */
  step?(step: Step): void;
}
