import { countOperations, type Operation, unpackOperations } from '../../interfaces/keyvalue/operation.ts';
import type { RequestReport } from '../../triggers/http/request-report.ts';

/** How many requests are kept. */
const mostRequests = 1000;
/** How many operations of one request are kept. */
const mostOperations = 500;
/** How much is kept in all, as far as it can be reckoned, in bytes. */
const mostBytes = 32 * 1024 * 1024;

/** A request as it is kept. */
export interface RequestRecord extends Omit<RequestReport, 'request' | 'clientPort' | 'operations'> {
  /** Counts the requests of the host from 1. */
  readonly id: number;
  /** When it came, in milliseconds since 1970. */
  readonly time: number;
  readonly operations: readonly Operation[];
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

/** How many identifiers are remembered. */
const mostIdentifiers = 1000;
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
  readonly #identifiers = new Set<string>();
  #second = 0;
  #inSecond = 0;

  add(report: RequestReport): void {
    if (this.#admits(report)) this.#keep(report);
  }

  #admits({ status, failure }: RequestReport): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#inSecond = 0;
    }
    this.#inSecond += 1;
    return this.#inSecond <= mostInSecond || status >= 500 || failure !== undefined;
  }

  #keep({ request, clientPort, ...report }: RequestReport): void {
    const all = unpackOperations(report.operations);
    const operations = all.slice(0, mostOperations);
    const record: RequestRecord = {
      ...report,
      id: request,
      time: Date.now() - report.milliseconds,
      operations,
      operationCount: countOperations(report.operations),
    };
    let bytes = 500 + report.path.length;
    for (const { bucket, key = '', error = '' } of operations) {
      bytes += 200 + 2 * (bucket.length + key.length + error.length);
      if (error === '' && !this.#identifiers.has(bucket)) this.#note(bucket);
    }
    this.#kept.push({ record, clientPort, bytes });
    this.#bytes += bytes;
    // Seldom and then many at once, as taking one from the front moves all others.
    if (this.#kept.length > mostRequests * 2 || this.#bytes > mostBytes) this.#drop();
    for (const listener of this.#listeners) listener(record, clientPort, bytes);
  }

  #note(identifier: string): void {
    this.#identifiers.add(identifier);
    const [first] = this.#identifiers.size > mostIdentifiers ? this.#identifiers : [];
    if (first !== undefined) this.#identifiers.delete(first);
  }

  /** The last ones, the oldest first. */
  get records(): RequestRecord[] {
    return this.#kept.slice(-mostRequests).map(({ record }) => record);
  }

  /** The identifiers that requests have opened, of many the last thousand. */
  get identifiers(): ReadonlySet<string> {
    return this.#identifiers;
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
