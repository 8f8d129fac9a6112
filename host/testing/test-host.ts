import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf } from '../composition/address-of.ts';
import { hostIsClosed } from '../composition/closed-host.ts';
import { requestOf } from '../composition/fetch-request.ts';
import type { HostOperation } from '../composition/request-event.ts';
import { type ScheduleRun, scheduleRunOf } from '../composition/schedule-run.ts';
import { http03Interface, httpInterface } from '../interfaces/http/index.ts';
import { random03Interface, randomInterface } from '../interfaces/random/index.ts';
import type { Schedule, Step } from '../runtime/fault-injection/schedule.ts';
import { HostError } from '../shared/host-error.ts';
import { holdProcess } from '../shared/process-hold.ts';
import { requireText } from './arguments.ts';
import { closeAtEnd, forget } from './close-at-end.ts';
import { Faults } from './faults/faults.ts';
import { requireSnapshot } from './host-arguments.ts';
import { HostClock } from './host-clock.ts';
import { HostLog } from './host-log.ts';
import type { HostMessage, PublishedMessage, PublishOptions } from './messages/message-record.ts';
import type { CheckedOptions } from './options/check-options.ts';
import { Outgoing } from './outgoing/outgoing.ts';
import { noteAnswer } from './requests/request-of-answer.ts';
import type { HostRequest } from './requests/request-record.ts';
import type { ServedComponent } from './served-component.ts';
import { type Snapshot, storeSnapshot, takeSnapshot } from './stores/snapshot.ts';
import { TestBucket } from './stores/test-bucket.ts';
import { TestContainer } from './stores/test-container.ts';
import { addressThrough, type Through } from './stores/through.ts';
import { UnderWay } from './under-way.ts';

/** How long a host that is to be used again waits for what the test before has left under way, in milliseconds. */
const patience = 100;

// What the rest of kvasi/testing does with a host, and no test.

/** Starts the component that nobody else is using, and answers its host. @internal */
export let startTestHost: (served: ServedComponent, options: CheckedOptions) => Promise<TestHost>;
/**
 * Sends a request as `host.fetch` does.
 *
 * @param begun called when the component's thread has the request
 *
 * @internal
 */
export let sendTo: (host: TestHost, request: Request, begun: () => void) => Promise<Response>;
/**
 * Operations of the next requests are made in this order, and `onStep` is told of each; undefined: as they come.
 *
 * @internal
 */
export let follow: (host: TestHost, schedule: Schedule | undefined, onStep: (step: Step) => void) => void;
/** Whether a host that is started now would run the same component: its file has not changed. @internal */
export let isCurrent: (host: TestHost) => Promise<boolean>;
/**
 * Ends a host and answers another one, as after the start, that uses the same threads and stores. Undefined where these are not as
 * after the start: a call or a request is in flight, a port is open, a thread broke down or was replaced, a store went away, or data may
 * not be emptied. Then this host is to be closed.
 *
 * @internal
 */
export let renewed: (host: TestHost) => Promise<TestHost | undefined>;

/** A component that a test talks to; made by `startHost`. */
export class TestHost implements AsyncDisposable {
  static {
    startTestHost = async (served, options) => {
      const host = new TestHost(served, options);
      await host.#start();
      return host;
    };
    sendTo = (host, request, begun) => host.#send(request, begun);
    follow = (host, schedule, onStep) => host.#follow(schedule, onStep);
    isCurrent = (host) => host.#served.isCurrent();
    renewed = (host) => host.#renewed();
  }

  readonly clock: HostClock;
  readonly faults: Faults;
  readonly outgoing: Outgoing;
  readonly #served: ServedComponent;
  readonly #options: CheckedOptions;
  readonly #log: HostLog;
  readonly #underWay: UnderWay;
  #closed: Promise<void> | undefined;

  /** @param served nobody else is using it */
  private constructor(served: ServedComponent, options: CheckedOptions) {
    this.#served = served;
    this.#options = options;
    const { host, clock } = served;
    this.#log = new HostLog(served);
    this.#underWay = new UnderWay(this.#log.requests);
    const requireOpen = this.#requireOpen.bind(this);
    this.faults = new Faults(options.seed, (faults) => host.injectFaults(faults), requireOpen);
    this.clock = new HostClock(clock, () => host.tell({ type: 'time' }), requireOpen);
    this.outgoing = new Outgoing((text) => this.#log.tell(text), requireOpen);
    for (const one of [httpInterface, http03Interface]) {
      host.pool(one).answer = (...request) => this.outgoing.answer(...request);
    }
  }

  async #start(): Promise<void> {
    closeAtEnd(this);
    this.#setClock();
    try {
      await this.#served.host.start(async () => {});
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Whether `reset()` and `restore()` may empty all buckets: none is in data that the options name, or they say `ownsData`. */
  get ownsData(): boolean {
    return this.#served.data.isOwn;
  }

  /**
   * Sends a request to the component; no port is opened. Takes what `fetch` takes; a path stands for itself.
   * When the answer's body has been read, the component's handler has ended and its operations are known.
   * Rejects with a `HostError` for what is no request.
   */
  async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    return await this.#send(requestOf('host.fetch', input, init), () => {});
  }

  async #send(request: Request, begun: () => void): Promise<Response> {
    return await this.#during(async () => {
      this.#served.isUsed = true;
      return await this.#served.host.fetch(request, {
        sent: (arrival) => void this.#underWay.add(arrival),
        begun,
        ended: (number) => this.#log.requests.ended(number),
        whyFailed: (number, error) => this.#log.requests.whyFailed(number, error),
        answered: (number, response, body) =>
          noteAnswer(response, body, () => this.#log.requests.ended(number)),
      });
    });
  }

  #follow(schedule: Schedule | undefined, onStep: (step: Step) => void): void {
    this.#requireOpen();
    this.#log.onStep = onStep;
    this.#served.host.tell({ type: 'schedule', schedule });
  }

  /** Opens a port and answers its URL. @param address such as `127.0.0.1:8080`; default: a free port of localhost */
  async listen(address = 'localhost:0'): Promise<string> {
    this.#requireOpen();
    const wanted = addressOf(address);
    return await this.#during(async () => {
      this.#served.isUsed = true;
      const { url } = await this.#served.host.listen(wanted);
      return url;
    });
  }

  /**
   * Runs what `dev.schedules` of the configuration file has a schedule for, now and whatever the host's clock says, and answers what became
   * of it. A run that fails is an answer. Rejects with a `HostError` where there is no such schedule.
   *
   * @param name of the schedule, where there are several
   */
  async runSchedule(name?: string): Promise<ScheduleRun> {
    if (name !== undefined) requireText('the name of host.runSchedule', name);
    return await this.#during(async () => {
      this.#served.isUsed = true;
      return scheduleRunOf(await this.#served.host.runSchedule(name));
    });
  }

  /** The scheduled runs that have ended, in that order, whether the clock began them or `runSchedule`. All since the start or the last reset. */
  scheduledRuns(): readonly ScheduleRun[] {
    return this.#log.scheduled;
  }

  /**
   * Publishes a message to the components that have subscribed to its subject, and resolves when these have handled it, with what became
   * of it. A handler that fails is an answer, as is nobody who has subscribed. Rejects with a `HostError` for what is no message.
   */
  async publish(
    subject: string,
    body: string | Uint8Array,
    options?: PublishOptions,
  ): Promise<PublishedMessage> {
    this.#requireOpen();
    const { checkedMessage, publish } = await import('./messages/publish.ts');
    const message = checkedMessage(subject, body, options);
    return await this.#during(async () => {
      this.#served.isUsed = true;
      return await publish(await this.#served.host.messages.carrier(), this.#log.messages, message);
    });
  }

  /** The messages that the component and `publish` have published, in that order, each with what has become of it. All since the start or the last reset. */
  messages(): readonly HostMessage[] {
    return this.#log.messages.all;
  }

  /** Resolves when all messages have been handled, also those that handlers have published meanwhile. */
  async messagesHandled(): Promise<void> {
    await this.#during(() => this.#log.messages.allHandled());
  }

  /**
   * The bucket that the component gets for an identifier.
   *
   * @param through the label of the import through which it opens the bucket, where it has one: `{ label: 'cache' }`. As `@cache/visits` names
   *   `visits` in what the host answers, it does here
   */
  bucket(identifier: string, through?: Through): TestBucket {
    requireText('the identifier of host.bucket', identifier);
    const { stores } = this.#served;
    const address = addressThrough('host.bucket', identifier, through, stores.labels);
    return new TestBucket((act) => this.#using(() => stores.use(address, act)));
  }

  /** A container of the component's blobs. @param through as for `bucket` */
  container(name: string, through?: Through): TestContainer {
    requireText('the name of host.container', name);
    const { blobs } = this.#served;
    const address = addressThrough('host.container', name, through, blobs.labels);
    return new TestContainer(address, (act) => this.#using(() => blobs.use(act)));
  }

  /** The names of all containers of blobs, whoever has made them, sorted. */
  async containers(): Promise<string[]> {
    this.#requireOpen();
    return await this.#underWay.add(this.#served.blobs.containers());
  }

  /** The identifiers of the buckets that hold something which the component could find, whoever has stored it, sorted. */
  async identifiers(): Promise<string[]> {
    this.#requireOpen();
    const identifiers: string[] = [];
    for (const identifier of await this.#served.stores.identifiers()) {
      if ((await this.bucket(identifier).keys()).length > 0) identifiers.push(identifier);
    }
    return identifiers;
  }

  /**
   * What the requests whose handlers have ended did with buckets and containers, and the requests that these sent, in order. Opening
   * a bucket or container counts only where it failed.
   */
  operations(): readonly HostOperation[] {
    return this.#log.operations;
  }

  /**
   * The requests that have ended, in that order, with those that were refused: what each was answered, why it failed, what the
   * component did with its buckets and printed. All since the start or the last reset are kept.
   */
  requests(): readonly HostRequest[] {
    return this.#log.requests.all;
  }

  /** What the component printed, and what the host had to say about stores and threads. */
  output(): string {
    return this.#log.output;
  }

  /** What all buckets and containers hold that the component could open, whoever has stored it. Blobs are held in memory. */
  async snapshot(): Promise<Snapshot> {
    return await takeSnapshot(this);
  }

  /** Makes all buckets and containers hold what the snapshot holds, and nothing else. Waits, and rejects with a `HostError`, where `reset` does. */
  async restore(snapshot: Snapshot): Promise<void> {
    requireSnapshot(snapshot);
    await this.#afterOthers('restore()', async () => {
      await this.#served.host.unwatched(async () => {
        await this.#served.empty();
        await storeSnapshot(this, snapshot);
      });
    });
  }

  /**
   * As after the start of a host of whose stores nothing is left: empty buckets, no containers, fresh instances, no faults, no requests, no operations,
   * no output, the clock as the options had it, and what is random begins anew. Every bucket is emptied that the component could open,
   * whoever has stored something there. First it waits until all calls of before are over, awaited or not, and all requests that have come,
   * which `requestTimeout` bounds. Rejects with a `HostError`, and does nothing, where that would be data that the options name and they do
   * not say `ownsData`.
   */
  async reset(): Promise<void> {
    await this.#afterOthers('reset()', async () => {
      const { host } = this.#served;
      // What handlers go on publishing for ever never ends.
      while (!this.#log.messages.isIdle) {
        await host.messages.dropWaiting();
        await Promise.race([this.#log.messages.allHandled(), sleep(patience)]);
      }
      const { instances, seed } = this.#options;
      // Those that are fresh for each request are so anyway.
      if (instances === 'reuse') host.tell({ type: 'forget' });
      if (seed !== undefined) for (const one of [randomInterface, random03Interface]) host.pool(one).reseed();
      this.#follow(undefined, () => {});
      this.faults.clear();
      this.outgoing.clear();
      await host.unwatched(() => this.#served.empty());
      this.#log.clear();
      this.clock.reset();
      this.#setClock();
    });
  }

  async #renewed(): Promise<TestHost | undefined> {
    if (this.#closed !== undefined || this.#served.host.isListening || !this.ownsData) return undefined;
    // A service keeps what a test has done with it.
    if (this.#served.host.hasOthers) return undefined;
    await this.#underWay.overWithin(patience);
    if (!this.#underWay.isIdle || !this.#log.messages.isIdle || this.#served.isWorn) return undefined;
    // The instances of requests that ran at once keep memory.
    if (this.#log.requests.mostAtOnce > 1) this.#served.host.tell({ type: 'forget' });
    await this.reset();
    // The test may have gone on meanwhile.
    if (this.#closed !== undefined || !this.#underWay.isIdle || this.#served.host.isListening)
      return undefined;
    this.#closed = Promise.resolve();
    forget(this);
    const next = new TestHost(this.#served, this.#options);
    closeAtEnd(next);
    return next;
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
    this.#log.requests.close();
    await this.#served.close();
  }

  /** Does something with a store. */
  #using<T>(act: () => Promise<T>): Promise<T> {
    this.#requireOpen();
    this.#served.isUsed = true;
    return this.#underWay.add(act());
  }

  #requireOpen(): void {
    if (this.#closed !== undefined) throw hostIsClosed();
  }

  /** Changes all buckets, when all is over that was called before. */
  async #afterOthers(caller: string, act: () => Promise<void>): Promise<void> {
    this.#requireOpen();
    this.#served.data.requireOwn(caller);
    await this.#underWay.after(act);
  }

  /** Keeps the process from ending meanwhile. What fails because the host was closed says so. */
  async #during<T>(act: () => Promise<T>): Promise<T> {
    this.#requireOpen();
    using _ = holdProcess();
    try {
      return await this.#underWay.add(act());
    } catch (error) {
      if (this.#closed === undefined || error instanceof HostError) throw error;
      throw hostIsClosed(error);
    }
  }

  #setClock(): void {
    const { clock = 'system' } = this.#options;
    if (clock === 'system') return;
    this.#served.clock.freeze();
    if (clock instanceof Date) this.#served.clock.set(clock.getTime());
    this.#served.host.tell({ type: 'time' });
  }
}
