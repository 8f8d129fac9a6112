import type { LoadedComponent } from '../component/load.ts';
import type { Limits } from '../config/limits.ts';
import type { Settings } from '../config/settings.ts';
import type { ControlledClock } from '../controlled-clock.ts';
import { Front } from '../front/front.ts';
import type { Listener } from '../front/listener.ts';
import type { Schedule, Step } from '../guest/interception/schedule.ts';
import { HostError, reasonOf, stackOf } from '../host-error.ts';
import { type PackedOperations, unpackOperations } from '../wasi/keyvalue/operation.ts';
import { requireText } from './arguments.ts';
import { closeAtEnd, forget } from './close-at-end.ts';
import { hostIsClosed } from './closed-host.ts';
import { Faults } from './faults.ts';
import { requestOf } from './fetch-request.ts';
import { addressOf, requireSchedule, requireSnapshot } from './host-arguments.ts';
import { HostClock } from './host-clock.ts';
import type { HostData } from './host-data.ts';
import type { HostOptions } from './host-options.ts';
import { InProcessServer } from './in-process-server.ts';
import type { HostOperation } from './operation-record.ts';
import { holdProcess } from './process-hold.ts';
import { Snapshot } from './snapshot.ts';
import { TestBucket } from './test-bucket.ts';
import { TestStores } from './test-stores.ts';

/** A component that a test talks to; made by `startHost`. */
export class TestHost implements AsyncDisposable {
  readonly clock: HostClock;
  readonly faults: Faults;
  readonly #front: Front;
  readonly #stores: TestStores;
  readonly #data: HostData;
  readonly #server: InProcessServer;
  readonly #limits: Limits;
  readonly #controlled: ControlledClock;
  readonly #options: HostOptions;
  readonly #waiting = new Map<number, () => void>();
  /** The requests whose handlers have ended, until their answers have. */
  readonly #handled = new Set<number>();
  #operations: HostOperation[] = [];
  #output = '';
  readonly #listeners = new Set<Listener>();
  /** Whether the component, or the test, may have stored something. */
  #isUsed = false;
  #onStep: (step: Step) => void = () => {};
  #closed: Promise<void> | undefined;

  /** @internal */
  constructor(
    component: LoadedComponent,
    settings: Settings,
    data: HostData,
    clock: ControlledClock,
    options: HostOptions,
  ) {
    const { seed } = options;
    this.#data = data;
    this.#controlled = clock;
    this.#options = options;
    const decoder = new TextDecoder();
    const tell = (text: string): void => {
      this.#output += `${text}\n`;
    };
    this.#front = new Front(
      component,
      {
        ...settings,
        threads: 1,
        clock: clock.buffer,
        isIntercepted: true,
        ...(seed === undefined ? {} : { seed }),
      },
      {
        request: ({ request }) => this.#end(request),
        handled: (request, operations) => this.#note(request, operations),
        print: (_request, _stream, bytes) => {
          this.#output += decoder.decode(bytes, { stream: true });
        },
        warning: tell,
        step: (step) => this.#onStep(step),
        crash: (error) => tell(`the guest thread broke down: ${reasonOf(error)}`),
        fault: (error) => tell(`a fault of kvasi: ${stackOf(error)}`),
        refused: ({ status, reason }) => tell(`a request was refused with ${status}: ${reason}`),
        replaced: () => {},
      },
    );
    this.#stores = new TestStores(settings.keyvalue, this.#front.memory, clock.now);
    const requireOpen = (): void => this.#requireOpen();
    this.faults = new Faults(seed, (faults) => this.#front.tell({ type: 'faults', faults }), requireOpen);
    this.clock = new HostClock(clock, () => this.#front.tell({ type: 'time' }), requireOpen);
    this.#limits = settings.limits;
    this.#server = new InProcessServer(settings.limits, this.#front);
  }

  /** Starts the component; `startHost` does it. */
  async start(): Promise<void> {
    closeAtEnd(this);
    this.#setClock();
    await this.#front.start();
  }

  /** Whether `reset()` and `restore()` may empty all buckets: none is in data that the options name, or they say `ownsData`. */
  get ownsData(): boolean {
    return this.#data.isOwn;
  }

  /**
   * Sends a request to the component; no port is opened. Takes what `fetch` takes; a path stands for itself.
   * When the answer's body has been read, the component's handler has ended and its operations are known.
   * Rejects with a `HostError` for what is no request.
   */
  async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    return await this.send(requestOf('host.fetch', input, init), () => {});
  }

  /** As `fetch`. @param begun called when the component's thread has the request */
  async send(request: Request, begun: () => void): Promise<Response> {
    return await this.#during(async () => {
      this.#isUsed = true;
      return await this.#server.fetch(request, { begun, ended: (number) => this.#ended(number) });
    });
  }

  /**
   * Operations of the next requests are made in this order, and `onStep` is told of each; undefined: as they come.
   * `explore` is made of this.
   */
  follow(schedule: Schedule | undefined, onStep: (step: Step) => void): void {
    requireSchedule(schedule, onStep);
    this.#requireOpen();
    this.#onStep = onStep;
    this.#front.tell({ type: 'schedule', schedule });
  }

  /** Opens a port and answers its URL. @param address such as `127.0.0.1:8080`; default: a free port of localhost */
  async listen(address = 'localhost:0'): Promise<string> {
    this.#requireOpen();
    const wanted = addressOf(address);
    return await this.#during(async () => {
      const { listen } = await import('../front/listener.ts');
      this.#isUsed = true;
      const listener = await listen(wanted, this.#limits, this.#front);
      if (this.#closed === undefined) this.#listeners.add(listener);
      else {
        await listener.close();
        throw hostIsClosed();
      }
      return listener.url;
    });
  }

  /** The bucket that the component gets for an identifier. */
  bucket(identifier: string): TestBucket {
    requireText('the identifier of host.bucket', identifier);
    return new TestBucket((act) => {
      this.#isUsed = true;
      return this.#stores.use(identifier, act);
    });
  }

  /** The keyvalue operations of the requests whose handlers have ended, in order. Opening a bucket counts only where it failed. */
  operations(): readonly HostOperation[] {
    return this.#operations;
  }

  /** What the component printed, and what the host had to say about stores and threads. */
  output(): string {
    return this.#output;
  }

  /** What all buckets hold that the component could open, whoever has stored it. */
  async snapshot(): Promise<Snapshot> {
    const buckets = new Map<string, [string, Uint8Array][]>();
    for (const identifier of await this.#stores.identifiers()) {
      const entries = await this.bucket(identifier).entries();
      if (entries.length > 0) buckets.set(identifier, entries);
    }
    return new Snapshot(buckets);
  }

  /** Makes all buckets hold what the snapshot holds, and nothing else. Rejects with a `HostError` where `reset` does. */
  async restore(snapshot: Snapshot): Promise<void> {
    requireSnapshot(snapshot);
    this.#requireOpen();
    this.#data.requireOwn('restore()');
    await this.#stores.empty();
    for (const [identifier, entries] of snapshot.buckets) {
      const bucket = this.bucket(identifier);
      for (const [key, value] of entries) await bucket.set(key, value);
    }
  }

  /**
   * As after the start of a host of whose stores nothing is left: empty buckets, fresh instances, no faults, no operations, no output,
   * the clock as the options had it, and what is random begins anew. Every bucket is emptied that the component could open, whoever has
   * stored something there. Rejects with a `HostError`, and does nothing, where that would be data that the options name and they do not
   * say `ownsData`.
   */
  async reset(): Promise<void> {
    this.#requireOpen();
    this.#data.requireOwn('reset()');
    const { instances, seed } = this.#options;
    // Those that are fresh for each request are so anyway.
    if (instances === 'reuse') this.#front.tell({ type: 'forget' });
    if (seed !== undefined) this.#front.tell({ type: 'reseed' });
    this.faults.clear();
    await this.#stores.empty();
    this.#operations = [];
    this.#output = '';
    this.clock.reset();
    this.#setClock();
  }

  /**
   * Ends everything: what is under way, and every call that comes later, fails because the host is closed. Buckets that the options do not
   * name are removed, what these name stays.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    using _ = holdProcess();
    forget(this);
    this.#stores.shut();
    // The last one first; each also where those before have failed.
    await using ends = new AsyncDisposableStack();
    ends.defer(() => this.#data.remove());
    ends.defer(() => {
      for (const resolve of this.#waiting.values()) resolve();
    });
    ends.defer(() => this.#stores.close(this.#isUsed));
    ends.defer(() => this.#front.close());
    for (const listener of this.#listeners) ends.defer(() => listener.close());
    ends.defer(() => this.#server.close(hostIsClosed()));
  }

  #requireOpen(): void {
    if (this.#closed !== undefined) throw hostIsClosed();
  }

  /** Keeps the process from ending meanwhile. What fails because the host was closed says so. */
  async #during<T>(act: () => Promise<T>): Promise<T> {
    this.#requireOpen();
    using _ = holdProcess();
    try {
      return await act();
    } catch (error) {
      if (this.#closed === undefined || error instanceof HostError) throw error;
      throw hostIsClosed(error);
    }
  }

  #setClock(): void {
    const { clock = 'system' } = this.#options;
    if (clock === 'system') return;
    this.#controlled.freeze();
    if (clock instanceof Date) this.#controlled.set(clock.getTime());
    this.#front.tell({ type: 'time' });
  }

  #note(request: number, packed: PackedOperations): void {
    for (const operation of unpackOperations(packed)) {
      if (operation.op === 'open' && operation.error === undefined) this.#stores.opened(operation.bucket);
      else this.#operations.push({ ...operation, request } as HostOperation);
    }
    this.#end(request);
  }

  #end(request: number): void {
    this.#handled.add(request);
    this.#waiting.get(request)?.();
  }

  /** Resolves when the handler of a request has ended. */
  async #ended(request: number): Promise<void> {
    if (!this.#handled.has(request) && this.#closed === undefined) {
      await new Promise<void>((resolve) => {
        this.#waiting.set(request, resolve);
      });
      this.#waiting.delete(request);
    }
    this.#handled.delete(request);
  }
}
