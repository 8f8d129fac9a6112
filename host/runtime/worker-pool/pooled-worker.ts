import { RequestTable } from '../request-table.ts';
import type { OpenInterfaces } from './interface-pools.ts';
import type { Invocation } from './invocation.ts';
import { Pace } from './pace.ts';
import type { WorkerThread } from './worker-thread.ts';

/** A thread is told that what guests printed was taken when it is so many bytes. */
const printedAtOnce = 64 * 1024;

/** A worker and the requests that it has. */
export class PooledWorker {
  readonly interfaces: OpenInterfaces;
  readonly thread: WorkerThread;
  readonly invocations = new RequestTable<Invocation>();
  readonly pace = new Pace();
  /** The id of the last request that it was given. */
  lastId = 0;
  /** It has not answered the last ping. */
  isPinged = false;
  /** When it last showed that it goes on, since the last ping: in milliseconds. */
  seen = 0;
  /** What it had begun then. */
  seenBegun = 0;
  /** It has told that it can serve. */
  isReady = false;
  /** Whoever started it waits for it and hears what goes wrong. */
  awaited = false;
  /** Replaced: it gets no more requests, its buckets are another's, and it is ended once nobody waits for it. */
  retired = false;
  /** Kept busy by a component: the requests that it had not begun have gone elsewhere. */
  bypassed = false;

  #printed = 0;

  constructor(open: (worker: PooledWorker) => OpenInterfaces, start: (worker: PooledWorker) => WorkerThread) {
    this.interfaces = open(this);
    this.thread = start(this);
  }

  /** Whoever reads what guests print has taken so many bytes more. */
  printed(bytes: number): void {
    this.#printed += bytes;
    if (this.#printed < printedAtOnce) return;
    this.thread.post({ type: 'printed', bytes: this.#printed });
    this.#printed = 0;
  }

  /** Whether it can be given another request now. @param isSuspicious whether one may keep it from beginning the next */
  hasRoom(isSuspicious: boolean): boolean {
    return this.lastId - this.thread.control.begun < (isSuspicious ? 1 : this.pace.window);
  }
}
