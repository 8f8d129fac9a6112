import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkLabels } from '../component/labels.ts';
import type { LoadedComponent, LoadedMember } from '../component/load.ts';
import type { TestSettings } from '../interfaces/host-interface.ts';
import { loadedInterfaces, type SettingsOfInterfaces } from '../interfaces/index.ts';
import type { Backend } from '../interfaces/keyvalue/backends/backend.ts';
import { keyvalueInterface } from '../interfaces/keyvalue/index.ts';
import { interfacesOf } from '../interfaces/provided.ts';
import type { FaultSpec } from '../runtime/fault-injection/fault.ts';
import type { PoolPart, RuntimeInterface } from '../runtime/interface.ts';
import type { ToWorker, WorkerSetup } from '../runtime/ipc/protocol.ts';
import type { TraceBounds } from '../runtime/trace/trace-log.ts';
import { Dispatcher } from '../runtime/worker-pool/dispatcher.ts';
import type { InterfacePools } from '../runtime/worker-pool/interface-pools.ts';
import type { ComponentSetup, ComponentToRun } from '../runtime/worker-pool/worker-maker.ts';
import { threadUrl } from '../shared/thread-url.ts';
import { Exchange } from '../triggers/http/exchange.ts';
import { httpTrigger } from '../triggers/http/trigger.ts';
import type { HostEvents } from './host-events.ts';
import type { Settings } from './settings.ts';

/** What of a host's settings a component is started with. */
export type ComponentSettings = SettingsOfInterfaces & Pick<Settings, 'instances' | 'components'>;

/** What of a host's settings its threads need. */
export type ComponentHostSettings = SettingsOfInterfaces &
  TestSettings &
  Pick<Settings, 'instances' | 'components' | 'threads' | 'requestTimeout' | 'limits'> &
  Partial<Pick<Settings, 'service' | 'schedules'>> &
  Pick<WorkerSetup, 'clock'> & {
    /** A test may stand between guests and what they do through the host. */
    readonly isIntercepted?: boolean;
  };

/** A test asks for each operation. */
const boundsOfTest: TraceBounds = { records: 100_000, text: 64 * 1024 * 1024 };

const workerEntry = threadUrl('worker/worker-entry', import.meta.url);

/** A component and its workers, for requests from wherever they come. */
export class ComponentHost {
  /** The one that it was started with. */
  readonly #component: LoadedComponent;
  #settings: ComponentHostSettings;
  readonly #events: HostEvents;
  readonly #dispatcher: Dispatcher;
  #requests = 0;

  constructor(component: LoadedComponent, settings: ComponentHostSettings, events: HostEvents) {
    this.#component = component;
    this.#settings = settings;
    this.#events = events;
    this.#dispatcher = new Dispatcher(
      runnable(component, settings),
      { interfaces: loadedInterfaces(), triggers: [httpTrigger], workerEntry },
      { ...settings, maySpread: settings.isIntercepted !== true },
      events,
    );
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

  /** What an interface has beside the workers. */
  pool<Pool extends PoolPart>(of: RuntimeInterface<never, Pool>): Pool {
    return this.#dispatcher.pool(of);
  }

  /** Starts the component. Throws a `HostError` when it can't be started. */
  async start(): Promise<void> {
    await requireUsable(this.#component, this.#settings);
    await this.#dispatcher.start();
  }

  /**
   * Serves a request.
   *
   * @param mustContinue whether the client expects `100 Continue` before it sends the body
   * @param begun called when a thread has been given the request, or it waits for one
   */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    mustContinue: boolean,
    begun?: () => void,
  ): Exchange {
    this.#requests += 1;
    const exchange = new Exchange(this.#requests, request, response, this.#events);
    try {
      this.#events.arrived?.(request, response, exchange.number);
      if (exchange.gatherBody(mustContinue, () => this.#begin(exchange, begun))) this.#begin(exchange, begun);
    } catch (error) {
      exchange.broken(error);
    }
    return exchange;
  }

  #begin(exchange: Exchange, begun: (() => void) | undefined): void {
    this.#dispatcher.dispatch(exchange);
    begun?.();
  }

  /** See `RunningHost.replace`. */
  async replace(component: LoadedComponent, settings: ComponentSettings = this.#settings): Promise<void> {
    const next = { ...this.#settings, ...settings };
    await requireUsable(component, next);
    await this.#dispatcher.replace(runnable(component, next));
    this.#settings = next;
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
  close(): Promise<void> {
    return this.#dispatcher.close();
  }
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
  { program, members, routes }: LoadedComponent,
  settings: ComponentHostSettings,
): ComponentSetup {
  const { instances, clock, isIntercepted, limits } = settings;
  const imports = members.flatMap((member) => member.imports);
  checkLabels(imports, settings.hostInterfaces);
  return {
    program,
    interfaces: Object.fromEntries(
      interfacesOf(imports).map((one) => [one.name, one.configure?.(settings, imports)]),
    ),
    members: members.map((member) => {
      const own = settingsOf(member, settings);
      return Object.fromEntries(
        interfacesOf(member.imports).map((one) => [one.name, one.configureComponent?.(own, member.imports)]),
      );
    }),
    ...(routes === undefined ? {} : { routes }),
    instances,
    ...(instances === 'reuse'
      ? { sharing: { atOnce: limits.requestsAtOncePerInstance, inTotal: limits.requestsPerInstance } }
      : {}),
    ...(clock === undefined ? {} : { clock }),
    ...(isIntercepted === true ? { trace: boundsOfTest, faults: [] } : {}),
  };
}

/** The settings of one component: its own over those of all. */
function settingsOf({ name }: LoadedMember, settings: ComponentHostSettings): ComponentHostSettings {
  const own = name === undefined ? undefined : settings.components.find((one) => one.name === name);
  if (own === undefined) return settings;
  return {
    ...settings,
    environment: { ...settings.environment, ...own.environment },
    config: { ...settings.config, ...own.config },
    ...(own.allowedHosts === undefined ? {} : { allowedHosts: own.allowedHosts }),
    ...(own.allowedIpNameLookups === undefined ? {} : { allowedIpNameLookups: own.allowedIpNameLookups }),
    ...(own.allowedHostLoopbackPorts === undefined
      ? {}
      : { allowedHostLoopbackPorts: own.allowedHostLoopbackPorts }),
  };
}
