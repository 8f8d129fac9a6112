import type { Bucket } from '../backends/backend.ts';
import { parseAddress } from '../config/values.ts';
import type { Listener } from '../front/listener.ts';
import type { Schedule, Step } from '../guest/interception/schedule.ts';
import { HostError } from '../host-error.ts';
import type { PackedOperations } from '../wasi/keyvalue/operation.ts';
import { Faults } from './faults.ts';
import { HostClock } from './host-clock.ts';
import type { HostOptions } from './host-options.ts';
import type { HostOperation } from './operation-record.ts';
import { RequestError } from './request-error.ts';
import { noteAnswer } from './request-of-answer.ts';
import type { HostRequest } from './request-record.ts';
import { isOperation, RequestRecords } from './request-records.ts';
import type { ServedComponent } from './served-component.ts';
import { Snapshot } from './snapshot.ts';
import { TestBucket } from './test-bucket.ts';

/** Where requests with a relative path go. */
const base = 'http://localhost';

/** A component that a test talks to; made by `startHost`. */
export class TestHost implements AsyncDisposable {
  readonly clock: HostClock;
  readonly faults: Faults;
  readonly #served: ServedComponent;
  readonly #options: HostOptions;
  /** The identifiers that somebody opened: their buckets are what a snapshot holds and a reset empties. */
  readonly #identifiers = new Set<string>();
  readonly #requests: RequestRecords;
  #operations: HostOperation[] = [];
  #output = '';
  #listeners: Listener[] = [];
  #onStep: (step: Step) => void = () => {};
  #closed: Promise<void> | undefined;

  /** @param served nobody else is using it */
  constructor(served: ServedComponent, options: HostOptions) {
    this.#served = served;
    this.#options = options;
    const { front, clock } = served;
    this.#requests = new RequestRecords(served.lastRequest);
    const decoder = new TextDecoder();
    served.tellTo({
      began: (request) => this.#requests.begin(request),
      request: (report) => this.#requests.end(report),
      handled: (request, operations) => this.#note(request, operations),
      print: (request, stream, bytes) => {
        this.#output += decoder.decode(bytes, { stream: true });
        this.#requests.print(request, stream, bytes);
      },
      tell: (text) => {
        this.#output += `${text}\n`;
      },
      step: (step) => this.#onStep(step),
      refused: (client) => this.#requests.refuse(client),
    });
    this.faults = new Faults(options.seed, (faults) => front.tell({ type: 'faults', faults }));
    this.clock = new HostClock(clock, () => front.tell({ type: 'time' }));
  }

  /** Starts the component; `startHost` does it. */
  async start(): Promise<void> {
    this.#setClock();
    await this.#served.front.start();
  }

  /**
   * Sends a request to the component; no port is opened. Takes what `fetch` takes; a path stands for itself.
   * When the answer's body has been read, the component's handler has ended and its operations are known.
   */
  async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const given = new Request(input instanceof Request ? input : new URL(input, base), duplex(init));
    return await this.send(given, () => {});
  }

  /** As `fetch`. @param begun called when the component's thread has the request */
  async send(request: Request, begun: () => void): Promise<Response> {
    return await this.#served.server.fetch(request, {
      begun,
      ended: (number) => this.#requests.ended(number),
      whyFailed: (number, error) => this.#whyFailed(number, error),
      answered: (number, response, body) => {
        noteAnswer(response, body, async () =>
          number === undefined ? undefined : this.#requests.ended(number),
        );
      },
    });
  }

  /**
   * Operations of the next requests are made in this order, and `onStep` is told of each; undefined: as they come.
   * `explore` is made of this.
   */
  follow(schedule: Schedule | undefined, onStep: (step: Step) => void): void {
    this.#onStep = onStep;
    this.#served.front.tell({ type: 'schedule', schedule });
  }

  /** Opens a port and answers its URL. @param address such as `127.0.0.1:8080`; default: a free port of localhost */
  async listen(address = 'localhost:0'): Promise<string> {
    const parsed = parseAddress(address);
    if ('expected' in parsed)
      throw new HostError('usage', `listen got "${address}". Expected ${parsed.expected}.`);
    const { listen } = await import('../front/listener.ts');
    const listener = await listen(parsed.value, this.#served.limits, this.#served);
    this.#listeners.push(listener);
    return listener.url;
  }

  /** The bucket that the component gets for an identifier. */
  bucket(identifier: string): TestBucket {
    return new TestBucket(() => this.#open(identifier));
  }

  /** The identifiers of the buckets that the component or the test has opened, sorted. */
  identifiers(): readonly string[] {
    return [...this.#identifiers].sort();
  }

  /** The keyvalue operations of the requests whose handlers have ended, in order. Opening a bucket counts only where it failed. */
  operations(): readonly HostOperation[] {
    return this.#operations;
  }

  /**
   * The requests that have ended, in that order, with those that were refused: what each was answered, why it failed, what the
   * component did with its buckets and printed. All since the start or the last reset are kept.
   */
  requests(): readonly HostRequest[] {
    return this.#requests.all;
  }

  /** What the component printed, and what the host had to say about stores and threads. */
  output(): string {
    return this.#output;
  }

  /** What all buckets hold that this host, or its component, has opened. */
  async snapshot(): Promise<Snapshot> {
    const buckets = new Map<string, [string, Uint8Array][]>();
    for (const identifier of this.identifiers()) {
      const entries = await this.bucket(identifier).entries();
      if (entries.length > 0) buckets.set(identifier, entries);
    }
    return new Snapshot(buckets);
  }

  /** Makes all buckets hold what the snapshot holds, and nothing else. */
  async restore(snapshot: Snapshot): Promise<void> {
    await this.#empty();
    for (const [identifier, entries] of snapshot.buckets) {
      const bucket = this.bucket(identifier);
      for (const [key, value] of entries) await bucket.set(key, value);
    }
  }

  /**
   * As after the start: empty buckets, fresh instances, no faults, no operations, no output, the clock as the options had it,
   * and what is random begins anew.
   */
  async reset(): Promise<void> {
    const { instances, seed } = this.#options;
    // Those that are fresh for each request are so anyway.
    if (instances === 'reuse') this.#served.front.tell({ type: 'forget' });
    if (seed !== undefined) this.#served.front.tell({ type: 'reseed' });
    this.faults.clear();
    await this.#empty();
    this.#requests.clear(this.#served.lastRequest);
    this.#operations = [];
    this.#output = '';
    this.clock.reset();
    this.#setClock();
  }

  /** Ends everything. What the component stored elsewhere stays there. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#requests.close();
    this.#served.server.close();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    await this.#served.close();
  }

  #setClock(): void {
    const { clock = 'system' } = this.#options;
    if (clock === 'system') return;
    this.#served.clock.freeze();
    if (clock instanceof Date) this.#served.clock.set(clock.getTime());
    this.#served.front.tell({ type: 'time' });
  }

  async #open(identifier: string): Promise<Bucket> {
    const bucket = await this.#served.stores.open(identifier);
    this.#identifiers.add(identifier);
    return bucket;
  }

  async #empty(): Promise<void> {
    for (const identifier of this.#identifiers) await this.bucket(identifier).clear();
  }

  #note(request: number, packed: PackedOperations): void {
    for (const operation of this.#requests.operationsOf(request, packed)) {
      if (isOperation(operation)) this.#operations.push(operation);
      else this.#identifiers.add(operation.bucket);
    }
  }

  async #whyFailed(request: number | undefined, error: unknown): Promise<unknown> {
    const record = request === undefined ? undefined : await this.#requests.ended(request);
    if (record !== undefined) return new RequestError(record, { cause: error });
    return this.#closed === undefined
      ? error
      : new HostError('usage', 'the host is closed', { cause: error });
  }
}

/** A body that is a stream has to be announced (Fetch, `duplex`). */
function duplex(init: RequestInit | undefined): RequestInit & { duplex?: 'half' } {
  return init?.body instanceof ReadableStream ? { ...init, duplex: 'half' } : (init ?? {});
}
