import { failureOf, type ScheduleReport } from '../../composition/schedule-report.ts';
import { recordsOf } from '../../interfaces/traced-operations.ts';
import { whyFailed } from '../../runtime/outcome.ts';
import type { TraceRecord } from '../../runtime/trace/trace-record.ts';
import type { RequestReport } from '../../triggers/http/request-report.ts';
import type { ChangeReport } from '../../triggers/keyvalue-watch/change-report.ts';
import { type DeliveryReport, whyNotHandled } from '../../triggers/messaging/delivery-report.ts';

/** How many requests are kept. */
const mostRequests = 1000;
/** How many operations of one request are kept. */
const mostOperations = 500;
/** How much is kept in all, as far as it can be reckoned, in bytes. */
const mostBytes = 32 * 1024 * 1024;

/**
 * A request; a message to a component that handles them: its method is the component then, and its path the subject; a change
 * that one is told, with the bucket and the key as its path; or a scheduled run:
 * its path is the name of the schedule, and its method `cron`.
 */
interface Reported extends RequestReport {
  readonly kind?: 'message' | 'change' | 'schedule';
}

/** A request as it is kept. */
export interface RequestRecord extends Omit<Reported, 'request' | 'clientPort' | 'operations'> {
  /** Counts the requests of the host from 1. */
  readonly id: number;
  /** When it came, in milliseconds since 1970. */
  readonly time: number;
  readonly operations: readonly TraceRecord[];
  /** How many operations there were; of many only the first are kept. */
  readonly operationCount: number;
}

interface Kept {
  readonly record: RequestRecord;
  readonly clientPort: number;
  readonly bytes: number;
}

/** @param bytes how much the record is, as far as that can be reckoned */
export type RequestListener = (record: RequestRecord, clientPort: number, bytes: number) => void;

/** How many of the things are remembered that requests use through an interface. */
const mostTargets = 1000;
const none: ReadonlySet<string> = new Set();
/** How many requests in good order are kept of one second: looking at more costs the host more than it shows anybody. */
const mostInSecond = 1000;

/**
 * The last requests of a host. Under load only some of each second are kept; the ids, which count all requests, tell
 * how many there were. Whatever went wrong is always kept.
 */
export class RequestLog {
  /** In the order in which they ended. */
  #kept: Kept[] = [];
  #bytes = 0;
  readonly #listeners = new Set<RequestListener>();
  /** By interface. */
  readonly #targets = new Map<string, Set<string>>();
  #second = 0;
  #inSecond = 0;

  add(report: Reported): void {
    if (this.#admits(report)) this.#keep(report);
  }

  /** A message is kept as a request is; its status is 200 where it was handled, else 500. */
  addMessage(report: DeliveryReport): void {
    const { subject, component } = report;
    this.#addEnded({ kind: 'message', method: component, path: subject }, report, whyNotHandled(report));
  }

  /** A change that a component was told is kept as a message is. */
  addChange(report: ChangeReport): void {
    const { bucket, key, component } = report;
    this.#addEnded(
      { kind: 'change', method: component, path: `${bucket} ${key}` },
      report,
      whyFailed(report),
    );
  }

  /** A scheduled run is kept as a message is. */
  addSchedule(report: ScheduleReport): void {
    const { schedule } = report;
    this.#addEnded({ kind: 'schedule', method: 'cron', path: schedule }, report, failureOf(report));
  }

  #addEnded(
    called: Pick<Reported, 'kind' | 'method' | 'path'>,
    { request, milliseconds, operations, trap }: DeliveryReport | ChangeReport | ScheduleReport,
    failure: string | undefined,
  ): void {
    this.add({
      ...called,
      ...{ request, clientPort: 0, milliseconds, operations, trap, failure },
      ...{ status: failure === undefined ? 200 : 500, refused: false },
    });
  }

  #admits({ status, failure }: Reported): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#inSecond = 0;
    }
    this.#inSecond += 1;
    return this.#inSecond <= mostInSecond || status >= 500 || failure !== undefined;
  }

  #keep({ request, clientPort, ...report }: Reported): void {
    const all = recordsOf(report.operations);
    const operations = all.slice(0, mostOperations);
    const record: RequestRecord = {
      ...report,
      id: request,
      time: Date.now() - report.milliseconds,
      operations,
      operationCount: all.length + report.operations.omitted,
    };
    let bytes = 500 + report.path.length;
    for (const { operation, target, item = '', error = '' } of operations) {
      bytes += 200 + 2 * (target.length + item.length + error.length);
      if (error === '') this.#note(operation.interface, target);
    }
    this.#kept.push({ record, clientPort, bytes });
    this.#bytes += bytes;
    // Seldom and then many at once, as taking one from the front moves all others.
    if (this.#kept.length > mostRequests * 2 || this.#bytes > mostBytes) this.#drop();
    for (const listener of this.#listeners) listener(record, clientPort, bytes);
  }

  #note(name: string, target: string): void {
    const targets = this.#targets.get(name);
    if (targets === undefined) this.#targets.set(name, new Set([target]));
    else if (!targets.has(target)) {
      targets.add(target);
      const [first] = targets.size > mostTargets ? targets : [];
      if (first !== undefined) targets.delete(first);
    }
  }

  /** The last ones, the oldest first. */
  get records(): RequestRecord[] {
    return this.#kept.slice(-mostRequests).map(({ record }) => record);
  }

  /** What requests have used through an interface, such as buckets; of many the last thousand. */
  targets(name: string): ReadonlySet<string> {
    return this.#targets.get(name) ?? none;
  }

  /** Calls `listener` for each request that ends from now on; answers how to stop that. */
  listen(listener: RequestListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #drop(): void {
    let first = Math.max(0, this.#kept.length - mostRequests);
    let bytes = this.#kept.slice(first).reduce((sum, kept) => sum + kept.bytes, 0);
    for (; bytes > mostBytes / 2 && first < this.#kept.length - 1; first += 1)
      bytes -= this.#kept[first]?.bytes ?? 0;
    this.#kept = this.#kept.slice(first);
    this.#bytes = bytes;
  }
}
