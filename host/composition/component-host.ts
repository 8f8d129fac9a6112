import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LoadedComponent } from '../component/load.ts';
import type { Backend } from '../interfaces/keyvalue/backends/backend.ts';
import type { PackedOperations } from '../interfaces/keyvalue/operation.ts';
import { HostMemory } from '../interfaces/keyvalue/shared-memory/host-memory.ts';
import type { ToWorker, WorkerSetup } from '../runtime/ipc/protocol.ts';
import { Dispatcher } from '../runtime/worker-pool/dispatcher.ts';
import type { DispatcherEvents } from '../runtime/worker-pool/dispatcher-events.ts';
import type { ComponentSetup, ComponentToRun } from '../runtime/worker-pool/worker-maker.ts';
import type { Settings } from '../settings/settings.ts';
import { Exchange } from '../triggers/http/exchange.ts';
import type { RefusedClient } from '../triggers/http/refusal.ts';
import type { RequestReport } from '../triggers/http/request-report.ts';

/** What a host tells while it runs. */
export interface HostEvents extends DispatcherEvents {
  /** A request has ended. */
  request(report: RequestReport): void;
  /** A request has come, and nothing of it has been read. */
  arrived?(request: IncomingMessage, response: ServerResponse): void;
  /** A client was refused before there was a request. */
  refused(refusal: RefusedClient): void;
  /** The handler of a request has ended; its answer may still be on its way. */
  handled?(request: number, operations: PackedOperations): void;
}

/** What of a host's settings its threads need. */
export type ComponentHostSettings = Pick<
  Settings,
  'keyvalue' | 'instances' | 'threads' | 'requestTimeout' | 'limits' | 'environment' | 'config' | 'volumes'
> &
  Pick<WorkerSetup, 'clock' | 'seed' | 'isIntercepted'>;

/** A component and its workers, for requests from wherever they come. */
export class ComponentHost {
  /** The in-memory buckets of the component. */
  readonly memory: Backend;
  readonly #settings: ComponentHostSettings;
  readonly #events: HostEvents;
  readonly #dispatcher: Dispatcher;
  #requests = 0;

  constructor(component: LoadedComponent, settings: ComponentHostSettings, events: HostEvents) {
    this.#settings = settings;
    this.#events = events;
    const dispatcher = new Dispatcher(runnable(component, settings), settings, events);
    this.#dispatcher = dispatcher;
    this.memory = new HostMemory(
      (call, settle) => dispatcher.callMemory(call, settle),
      (start) => dispatcher.memoryBuckets(start),
    );
  }

  /** Starts the component. Throws a `HostError` when it can't be started. */
  start(): Promise<void> {
    return this.#dispatcher.start();
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
      this.#events.arrived?.(request, response);
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

  /** A client was refused before there was a request. */
  refused(refusal: RefusedClient): void {
    this.#events.refused(refusal);
  }

  /** See `RunningHost.replace`. */
  replace(component: LoadedComponent): Promise<void> {
    return this.#dispatcher.replace(runnable(component, this.#settings));
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

function setupOf(
  { program, dialect }: LoadedComponent,
  { keyvalue, instances, environment, config, volumes, clock, seed, isIntercepted }: ComponentHostSettings,
): ComponentSetup {
  return {
    program,
    dialect,
    keyvalue,
    instances,
    environment,
    config,
    volumes,
    ...(clock === undefined ? {} : { clock }),
    ...(seed === undefined ? {} : { seed }),
    ...(isIntercepted === undefined ? {} : { isIntercepted }),
  };
}
