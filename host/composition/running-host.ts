import type { LoadedComponent } from '../component/load.ts';
import type { Backend } from '../interfaces/keyvalue/backends/backend.ts';
import { socketsInterface } from '../interfaces/sockets/index.ts';
import type { FaultSpec } from '../runtime/fault-injection/fault.ts';
import type { PoolPart, RuntimeInterface } from '../runtime/interface.ts';
import type { ToWorker } from '../runtime/ipc/protocol.ts';
import type { Address } from '../shared/address.ts';
import { HostError } from '../shared/host-error.ts';
import type { Served } from '../triggers/http/connections.ts';
import type { RequestHandler } from '../triggers/http/http-server.ts';
import type { InProcessServer, RequestWatch } from '../triggers/http/in-process/in-process-server.ts';
import type { Listener } from '../triggers/http/listener.ts';
import type { ServedRequest, ServedResponse } from '../triggers/http/served-message.ts';
import { hostIsClosed } from './closed-host.ts';
import { ComponentHost, type ComponentHostSettings, type ComponentSettings } from './component-host.ts';
import type { HostEvents } from './host-events.ts';
import type { Messages } from './messages.ts';
import type { ScheduleReport } from './schedule-report.ts';
import type { Schedules } from './schedules.ts';
import type { Service } from './service.ts';

/**
 * A component, its workers and the ways to it: the one place where a host is put together. `createHost`, `kvasi dev` and
 * `startHost` say where its settings come from and who hears what it tells.
 */
export class RunningHost {
  readonly #settings: ComponentHostSettings;
  readonly #events: HostEvents;
  readonly #component: ComponentHost;
  readonly #started = Promise.withResolvers<void>();
  #isServing = false;
  /** The file of the component that it was started with. */
  readonly #path: string;
  #service: Service | undefined;
  #schedules: Schedules | undefined;
  readonly #listeners = new Set<Listener>();
  #inProcess: Promise<InProcessServer> | undefined;
  #closed: Promise<void> | undefined;

  constructor(component: LoadedComponent, settings: ComponentHostSettings, events: HostEvents) {
    this.#settings = settings;
    this.#path = component.file.path;
    this.#events = events;
    this.#component = new ComponentHost(component, settings, events);
  }

  /** The in-memory buckets of the component. */
  get memory(): Backend {
    return this.#component.memory;
  }

  /** What an interface has beside the workers. */
  pool<Pool extends PoolPart>(of: RuntimeInterface<never, Pool>): Pool {
    return this.#component.pool(of);
  }

  /** The messages of the host. */
  get messages(): Messages {
    return this.#component.messages;
  }

  /** The number of the last request that came. */
  get lastRequest(): number {
    return this.#component.lastRequest;
  }

  /** Whether a port is open. */
  get isListening(): boolean {
    return this.#listeners.size > 0;
  }

  /** Whether `close` was called. */
  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /**
   * Starts the component. Throws a `HostError` when it can't be started; then the host is closed.
   *
   * @param prepare fills buckets, for instance; requests that come meanwhile wait
   */
  async start<T>(prepare: () => Promise<T>): Promise<T> {
    try {
      await this.#component.start();
      const prepared = await prepare();
      await this.#startService();
      await this.#startSchedules();
      await this.#component.serveMessages();
      await this.#component.watchBuckets();
      this.#isServing = true;
      this.#started.resolve();
      return prepared;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Sends a request without a port, once the component is started; see `InProcessServer.fetch`. */
  async fetch(request: Request, watch: RequestWatch): Promise<Response> {
    this.#requireOpen();
    this.#inProcess ??= this.#openInProcess();
    const server = await this.#inProcess;
    this.#requireOpen();
    return await server.fetch(request, watch);
  }

  /**
   * Opens a port. Clients may come before the component is started; they wait. Throws a `HostError` that says who has the port.
   */
  async listen(address: Address): Promise<Listener> {
    this.#requireOpen();
    const { listen } = await import('../triggers/http/listener.ts');
    const { limits, tls } = this.#settings;
    const listener = await listen(address, limits, this.#handlerOfPorts(), tls);
    if (this.isClosed) {
      await listener.close();
      throw hostIsClosed();
    }
    this.#listeners.add(listener);
    this.#tellOrigins();
    const end = async (ended: Promise<void>): Promise<void> => {
      await ended;
      this.#listeners.delete(listener);
      this.#tellOrigins();
    };
    return {
      url: listener.url,
      origins: listener.origins,
      drain: () => end(listener.drain()),
      close: () => end(listener.close()),
    };
  }

  /**
   * Serves another component, or the same with other settings, from now on: requests that come while it is started wait for it,
   * in-flight ones end in the old one, and no connection is closed. Throws a `HostError` when it can't be started; then the old one
   * keeps serving.
   */
  async replace(component: LoadedComponent, settings?: ComponentSettings): Promise<void> {
    this.#requireOpen();
    await this.#component.replace(component, settings);
  }

  /** Runs the service from now on as its file is now. Throws a `HostError` where that can't be; then the one before goes on. */
  async replaceService(): Promise<void> {
    this.#requireOpen();
    await this.#service?.replace();
    this.#leadToService();
  }

  /** Runs a schedule now. @param name where there are several. Rejects with a `HostError` where there is none of that name */
  async runSchedule(name: string | undefined): Promise<ScheduleReport> {
    this.#requireOpen();
    if (this.#schedules !== undefined) return await this.#schedules.run(name);
    throw new HostError(
      'usage',
      'there is no schedule. Name some as dev.schedules in the configuration file.',
    );
  }

  /** Whether something runs besides the component. */
  get hasOthers(): boolean {
    return this.#service !== undefined || this.#schedules !== undefined;
  }

  /** What is done to stores meanwhile is told to no component that watches them. */
  async unwatched(act: () => Promise<void>): Promise<void> {
    await this.#component.finishWatching();
    try {
      await act();
    } finally {
      await this.#component.watchBuckets();
    }
  }

  /** See `ComponentHost.injectFaults`. */
  injectFaults(faults: readonly FaultSpec[]): void {
    for (const one of [this.#component, this.#service, this.#schedules]) one?.injectFaults(faults);
  }

  /** Tells all threads that run the component, and what runs beside it. */
  tell(message: ToWorker): void {
    for (const one of [this.#component, this.#service, this.#schedules]) one?.tell(message);
    if (message.type === 'time') this.#schedules?.timeMoved();
  }

  /** Takes nothing more on its ports and from a broker, and closes once in-flight requests have been answered and messages handled. */
  async drain(): Promise<void> {
    await this.messages.retire();
    await Promise.all([...this.#listeners].map((listener) => listener.drain()));
    await this.messages.finish();
    await this.#component.finishWatching();
    await this.close();
  }

  /** Ends everything at once; in-flight requests fail because the host is closed. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    // The last one first; each also where those before have failed.
    await using ends = new AsyncDisposableStack();
    ends.defer(() => this.#component.close());
    ends.defer(async () => (await this.#inProcess)?.close(hostIsClosed()));
    ends.defer(() => this.#service?.close());
    ends.defer(() => this.#schedules?.close());
    for (const listener of this.#listeners) ends.defer(() => listener.close());
    this.#listeners.clear();
  }

  async #startService(): Promise<void> {
    const { service } = this.#settings;
    if (service === undefined) return;
    const { Service } = await import('./service.ts');
    this.#service = new Service(service, this.#settings, this.#events, {
      interfaces: this.#component.interfaces,
      begins: () => this.pool(socketsInterface).expectListeners(),
    });
    await this.#service.start();
    this.#leadToService();
  }

  /** A service that exports the handler answers in place of the component. Source: wash. */
  #leadToService(): void {
    const service = this.#service;
    if (service?.isAnswering !== true) {
      this.#component.front = undefined;
      return;
    }
    if (this.#component.front === undefined)
      this.#events.warning(
        `the service ${service.name} exports the HTTP handler, so it answers requests; components reach the others at names such as http://main.internal`,
      );
    this.#component.front = service;
  }

  async #startSchedules(): Promise<void> {
    const { schedules = [] } = this.#settings;
    if (schedules.length === 0) return;
    const { Schedules } = await import('./schedules.ts');
    const { interfaces } = this.#component;
    this.#schedules = new Schedules(schedules, this.#path, this.#settings, this.#events, {
      interfaces,
      nextNumber: () => this.#component.nextNumber(),
    });
    await this.#schedules.start();
  }

  /** What components send there stays in the process. */
  #tellOrigins(): void {
    this.#component.origins = [...this.#listeners].flatMap(({ origins }) => origins);
  }

  #requireOpen(): void {
    if (this.isClosed) throw hostIsClosed();
  }

  async #openInProcess(): Promise<InProcessServer> {
    const { InProcessServer } = await import('../triggers/http/in-process/in-process-server.ts');
    return new InProcessServer(this.#settings.limits, {
      handle: (request, response, mustContinue, begun) =>
        this.#component.handle(request, response, mustContinue, begun),
      refused: (client) => this.#events.refused(client),
    });
  }

  #handlerOfPorts(): RequestHandler {
    const handle = (request: ServedRequest, response: ServedResponse, mustContinue: boolean): Served => {
      if (this.#isServing) return this.#component.handle(request, response, mustContinue);
      let served: Served | undefined;
      this.#started.promise.then(() => {
        served = this.#component.handle(request, response, mustContinue);
      });
      return { malformed: (reason) => served?.malformed(reason) };
    };
    return {
      handle,
      handleBeside: handle,
      refused: (client) => this.#events.refused(client),
    };
  }
}
