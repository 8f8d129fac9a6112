import { isDeepStrictEqual } from 'node:util';
import { mainName } from '../component/entry-parts.ts';
import { checkLabels } from '../component/labels.ts';
import type { LoadedComponent, LoadedMember } from '../component/load.ts';
import type { TestSettings } from '../interfaces/host-interface.ts';
import type { HttpPool } from '../interfaces/http/http-pool.ts';
import { http03Interface, httpInterface } from '../interfaces/http/index.ts';
import { importsInterface } from '../interfaces/imports/index.ts';
import { loadedInterfaces, type SettingsOfInterfaces } from '../interfaces/index.ts';
import type { Backend } from '../interfaces/keyvalue/backends/backend.ts';
import { keyvalueInterface } from '../interfaces/keyvalue/index.ts';
import { messagingInterface } from '../interfaces/messaging/index.ts';
import { interfacesOf } from '../interfaces/provided.ts';
import type { FaultSpec } from '../runtime/fault-injection/fault.ts';
import type { PoolPart, RuntimeInterface } from '../runtime/interface.ts';
import type { ToWorker, WorkerSetup } from '../runtime/ipc/protocol.ts';
import type { TraceBounds } from '../runtime/trace/trace-log.ts';
import { Dispatcher } from '../runtime/worker-pool/dispatcher.ts';
import type { InterfacePools } from '../runtime/worker-pool/interface-pools.ts';
import type { ComponentSetup, ComponentToRun } from '../runtime/worker-pool/worker-maker.ts';
import { entryFor } from '../settings/host-interfaces-setting.ts';
import { threadUrl } from '../shared/thread-url.ts';
import { Exchange } from '../triggers/http/exchange.ts';
import type { ServedRequest, ServedResponse } from '../triggers/http/served-message.ts';
import { httpTrigger } from '../triggers/http/trigger.ts';
import { watchTrigger } from '../triggers/keyvalue-watch/trigger.ts';
import { messagingTrigger } from '../triggers/messaging/trigger.ts';
import type { HostEvents } from './host-events.ts';
import { requireGivenFit } from './imports-fit.ts';
import type { InnerRequests } from './inner-requests.ts';
import type { KeyWatches } from './key-watches.ts';
import { brokerOf, Messages } from './messages.ts';
import type { Settings } from './settings.ts';

/** What of a host's settings a component is started with. */
export type ComponentSettings = SettingsOfInterfaces & Pick<Settings, 'instances' | 'components'>;

/** What of a host's settings its threads need. */
export type ComponentHostSettings = SettingsOfInterfaces &
  TestSettings &
  Pick<Settings, 'instances' | 'components' | 'threads' | 'requestTimeout' | 'limits'> &
  Partial<Pick<Settings, 'service' | 'schedules' | 'tls' | 'telemetry'>> &
  Pick<WorkerSetup, 'clock'> & {
    /** A test may stand between guests and what they do through the host. */
    readonly isIntercepted?: boolean;
  };

/** A test asks for each operation. */
const boundsOfTest: TraceBounds = { records: 100_000, text: 64 * 1024 * 1024 };

const workerEntry = threadUrl('worker/worker-entry', import.meta.url);

/** A component and its workers, for requests from wherever they come. */
export class ComponentHost {
  /** The one that runs now. */
  #component: LoadedComponent;
  #settings: ComponentHostSettings;
  readonly #events: HostEvents;
  readonly #dispatcher: Dispatcher;
  #requests = 0;
  readonly messages: Messages;
  /** Undefined where no component watches a bucket. */
  #watches: KeyWatches | undefined;
  /** Who watches what, and where. */
  #watched: unknown;
  #names = namesOf(undefined);
  #origins: readonly string[] = [];
  /** Answers what is not meant for a component by its name, where something else does. */
  front: (Pick<Dispatcher, 'dispatch'> & { readonly name: string }) | undefined;

  constructor(component: LoadedComponent, settings: ComponentHostSettings, events: HostEvents) {
    this.#component = component;
    this.#settings = settings;
    this.#events = events;
    this.#dispatcher = new Dispatcher(
      runnable(component, settings),
      {
        interfaces: loadedInterfaces(),
        triggers: [httpTrigger, messagingTrigger, watchTrigger],
        workerEntry,
      },
      { ...settings, maySpread: settings.isIntercepted !== true },
      events,
    );
    this.messages = new Messages(
      this.pool(messagingInterface),
      { broker: brokerOf(settings), limits: settings.limits },
      {
        nextNumber: () => this.nextNumber(),
        dispatch: (delivery) => this.#dispatcher.dispatch(delivery),
      },
      events,
    );
    let inner: Promise<InnerRequests> | undefined;
    const load = async (): Promise<InnerRequests> => {
      const { InnerRequests } = await import('./inner-requests.ts');
      return new InnerRequests(this, settings.limits.concurrentRequests);
    };
    for (const pool of this.#httpPools) {
      pool.answerInner = async (request) => {
        inner ??= load();
        return await (await inner).answer(request);
      };
    }
    this.#reach(component);
  }

  /** What of the program answers, by the names of components. */
  get names(): ReadonlyMap<string, number> {
    return this.#names;
  }

  /** Where clients reach the host, such as `http://localhost:8000`: requests of its components to that stay inside. */
  set origins(origins: readonly string[]) {
    this.#origins = origins;
    for (const pool of this.#httpPools) pool.own = { ...pool.own, origins };
  }

  get #httpPools(): HttpPool[] {
    return [this.pool(httpInterface), this.pool(http03Interface)];
  }

  #reach({ names }: LoadedComponent): void {
    this.#names = namesOf(names);
    const own = { names: [...this.#names.keys()], origins: this.#origins };
    for (const pool of this.#httpPools) pool.own = own;
  }

  /** The in-memory buckets of the component. */
  get memory(): Backend {
    return this.pool(keyvalueInterface).memory;
  }

  /** For what runs beside the component and shares its interfaces. */
  get interfaces(): InterfacePools {
    return this.#dispatcher.interfaces;
  }

  /** The number of the last request that came. */
  get lastRequest(): number {
    return this.#requests;
  }

  /** The number of what begins now: requests, and what else the host counts with them. */
  nextNumber(): number {
    this.#requests += 1;
    return this.#requests;
  }

  /** What an interface has beside the workers. */
  pool<Pool extends PoolPart>(of: RuntimeInterface<never, Pool>): Pool {
    return this.#dispatcher.pool(of);
  }

  /** Starts the component. Throws a `HostError` when it can't be started. */
  async start(): Promise<void> {
    await this.#check(this.#component, this.#settings);
    await this.#dispatcher.start();
  }

  async #check(component: LoadedComponent, settings: ComponentHostSettings): Promise<void> {
    await requireUsable(component, settings);
    await requireGivenFit(component, settings);
    this.pool(importsInterface).know(settings.imports);
  }

  /** What a component of the program is configured with, by its name. */
  #configOf(component: string): Readonly<Record<string, string>> {
    const member = this.#component.members.find(({ name = mainName }) => name === component);
    return member === undefined ? {} : settingsOf(member, this.#settings).config;
  }

  /** Gives components the messages that they have subscribed to, from now on. */
  async serveMessages(): Promise<void> {
    await this.messages.serve(this.#component, (component) => ({
      ...entryFor(this.#settings.hostInterfaces, 'wasmcloud:messaging', undefined)?.config,
      ...this.#configOf(component),
    }));
  }

  /** Tells components what changes in the buckets that they watch, from now on. */
  async watchBuckets(): Promise<void> {
    const { watchers = [] } = this.#component;
    if (watchers.length === 0) return await this.#stopWatching();
    const [{ KeyWatches }, { watchRules }] = await Promise.all([
      import('./key-watches.ts'),
      import('../interfaces/keyvalue/watch/watch-rules.ts'),
    ]);
    const warning = (text: string): void => this.#events.warning(text);
    const all = watchers.map(({ name }) => {
      const rules = watchRules(this.#configOf(name).watches, (text) => warning(`${name}: ${text}`));
      if (rules.length === 0)
        warning(
          `${name} exports a watcher and watches nothing: name buckets as watches in its config, such as watches: visits`,
        );
      return { component: name, rules };
    });
    const { keyvalue } = this.#settings;
    const watched = { all, keyvalue };
    if (this.#watches !== undefined && isDeepStrictEqual(watched, this.#watched)) return;
    await this.#stopWatching();
    if (all.every(({ rules }) => rules.length === 0)) return;
    this.#watched = watched;
    const { now, memory } = this.pool(keyvalueInterface);
    const watches = new KeyWatches(keyvalue, memory, now, {
      nextNumber: () => this.nextNumber(),
      dispatch: (call) => this.#dispatcher.dispatch(call),
      told: (report) => this.#events.changed?.(report),
      warning,
    });
    this.#watches = watches;
    await watches.start(all);
  }

  async #stopWatching(): Promise<void> {
    const watches = this.#watches;
    this.#watches = undefined;
    await watches?.close();
  }

  /** Tells of nothing more. Resolves when what is being handled was. */
  async finishWatching(): Promise<void> {
    await this.#watches?.finish();
    await this.#stopWatching();
  }

  /**
   * Serves a request.
   *
   * @param mustContinue whether the client expects `100 Continue` before it sends the body
   * @param begun called when a thread has been given the request, or it waits for one
   */
  handle(
    request: ServedRequest,
    response: ServedResponse,
    mustContinue: boolean,
    begun?: () => void,
  ): Exchange {
    const exchange = new Exchange(this.nextNumber(), request, response, this.#events);
    try {
      this.#events.arrived?.(request, response, exchange.number);
      if (this.#component.isSilent === true) {
        exchange.fail(404, 'no component of this host answers requests; they handle messages');
        exchange.orphan();
        return exchange;
      }
      if (exchange.gatherBody(mustContinue, () => this.#begin(exchange, begun))) this.#begin(exchange, begun);
    } catch (error) {
      exchange.broken(error);
    }
    return exchange;
  }

  #begin(exchange: Exchange, begun: (() => void) | undefined): void {
    const { front } = this;
    if (front === undefined || exchange.entry !== undefined) this.#dispatcher.dispatch(exchange);
    else {
      exchange.component = front.name;
      front.dispatch(exchange);
    }
    begun?.();
  }

  /** See `RunningHost.replace`. */
  async replace(component: LoadedComponent, settings: ComponentSettings = this.#settings): Promise<void> {
    const next = { ...this.#settings, ...settings };
    await this.#check(component, next);
    const setup = runnable(component, next);
    await this.messages.limitTo(component);
    try {
      await this.#dispatcher.replace(setup);
      this.#reach(component);
      this.#settings = next;
      this.#component = component;
    } finally {
      await this.serveMessages();
      await this.watchBuckets();
    }
  }

  /** What is to go wrong from now on. Only where the settings have `isIntercepted`. */
  injectFaults(faults: readonly FaultSpec[]): void {
    this.#dispatcher.injectFaults(faults);
  }

  /** Tells all threads that run the component. */
  tell(message: ToWorker): void {
    this.#dispatcher.tell(message);
  }

  /** Ends all threads; whoever still waits gets a 503. */
  async close(): Promise<void> {
    await this.#watches?.close();
    await this.#dispatcher.close();
  }
}

function namesOf(names: LoadedComponent['names']): ReadonlyMap<string, number> {
  return names ?? new Map([[mainName, 0]]);
}

function runnable(component: LoadedComponent, settings: ComponentHostSettings): ComponentToRun {
  return { setup: setupOf(component, settings) };
}

/** Rejects with a `HostError` where the settings name what can't be used for a component. */
export async function requireUsable(
  { members }: LoadedComponent,
  settings: SettingsOfInterfaces,
): Promise<void> {
  const imports = members.flatMap((member) => member.imports);
  for (const one of interfacesOf(imports)) await one.requireUsable?.(settings);
}

/** What the workers of a component are started with. */
export function setupOf(
  { program, members, routes, handlers, watchers }: LoadedComponent,
  settings: ComponentHostSettings,
): ComponentSetup {
  const { instances, clock, isIntercepted, limits } = settings;
  const imports = members.flatMap((member) => member.imports);
  checkLabels(imports, settings.hostInterfaces);
  return {
    program,
    interfaces: Object.fromEntries(
      interfacesOf(imports, settings.imports).map((one) => [one.name, one.configure?.(settings, imports)]),
    ),
    members: members.map((member) => {
      const own = settingsOf(member, settings);
      return Object.fromEntries(
        interfacesOf(member.imports, settings.imports).map((one) => [
          one.name,
          one.configureComponent?.(own, member.imports),
        ]),
      );
    }),
    ...(routes === undefined ? {} : { routes }),
    ...(handlers === undefined ? {} : { handlers }),
    ...(watchers === undefined ? {} : { watchers }),
    instances,
    ...(instances === 'reuse'
      ? { sharing: { atOnce: limits.requestsAtOncePerInstance, inTotal: limits.requestsPerInstance } }
      : {}),
    ...(clock === undefined ? {} : { clock }),
    ...(settings.telemetry === undefined ? {} : { tracing: settings.telemetry.sampling }),
    ...(isIntercepted === true ? { trace: boundsOfTest, faults: [] } : {}),
  };
}

/** What a plugin has of the settings of all. */
const nothingShared = { environment: {}, config: {}, secrets: {} };

/** The settings of one component: its own over those of all. */
function settingsOf({ name }: LoadedMember, settings: ComponentHostSettings): ComponentHostSettings {
  const own = name === undefined ? undefined : settings.components.find((one) => one.name === name);
  if (own === undefined) return settings;
  const { environment, config, secrets } = own.isPlugin === true ? nothingShared : settings;
  return {
    ...settings,
    environment: { ...environment, ...own.environment },
    config: { ...config, ...own.config },
    secrets: { ...secrets, ...own.secrets },
    ...(own.allowedHosts === undefined ? {} : { allowedHosts: own.allowedHosts }),
    ...(own.allowedIpNameLookups === undefined ? {} : { allowedIpNameLookups: own.allowedIpNameLookups }),
    ...(own.allowedHostLoopbackPorts === undefined
      ? {}
      : { allowedHostLoopbackPorts: own.allowedHostLoopbackPorts }),
  };
}
