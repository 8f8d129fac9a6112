import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Backend } from '../backends/backend.ts';
import type { LoadedComponent } from '../component/load.ts';
import type { Settings } from '../config/settings.ts';
import { type ComponentSetup, Dispatcher, type DispatcherEvents } from './dispatcher.ts';
import { Exchange } from './exchange.ts';
import { FrontMemory } from './front-memory.ts';
import { type Listener, listen } from './listener.ts';
import type { RequestReport } from './request-report.ts';

/** What a host tells while it runs. */
export interface HostEvents extends DispatcherEvents {
  /** A request has ended. */
  request(report: RequestReport): void;
  /** A request has come, and nothing of it has been read. */
  arrived?(request: IncomingMessage, response: ServerResponse): void;
}

/** A component that is being served. */
export interface RunningHost {
  readonly url: string;
  /**
   * Serves another component from now on: requests that come while it is started wait for it, those under way
   * end in the old one, and no connection is closed. Throws a `HostError` when it can't be started; then the old
   * one goes on. To be called once at a time.
   */
  replace(component: LoadedComponent): Promise<void>;
  /** The in-memory buckets of the component. */
  readonly memory: Backend;
  /** Accepts nothing more and resolves when the requests under way have been answered. */
  drain(): Promise<void>;
  /** Ends everything at once. */
  close(): Promise<void>;
}

/** Serves a component over HTTP. Throws a `HostError` when it can't be started or the address is taken. */
export async function serve(
  component: LoadedComponent,
  settings: Settings,
  events: HostEvents,
): Promise<RunningHost> {
  const setup = (loaded: LoadedComponent): ComponentSetup => ({
    program: loaded.program,
    dialect: loaded.dialect,
    keyvalue: settings.keyvalue,
    instances: settings.instances,
    environment: settings.environment,
    config: settings.config,
    volumes: settings.volumes,
  });
  const dispatcher = new Dispatcher(setup(component), settings, events);
  let requests = 0;
  try {
    const listener = await listen(settings.address, (request, response) => {
      requests += 1;
      events.arrived?.(request, response);
      const exchange = new Exchange(requests, request, response, (report) => events.request(report));
      exchange.gatherBody(settings.requestTimeout, () => dispatcher.dispatch(exchange));
    });
    await start(dispatcher, listener);
    return {
      url: listener.url,
      memory: new FrontMemory((call, settle) => dispatcher.callMemory(call, settle)),
      replace: (next) => dispatcher.replace(setup(next)),
      async drain() {
        await listener.drain();
        await dispatcher.close();
      },
      async close() {
        await listener.close();
        await dispatcher.close();
      },
    };
  } catch (error) {
    await dispatcher.close();
    throw error;
  }
}

async function start(dispatcher: Dispatcher, listener: Listener): Promise<void> {
  try {
    await dispatcher.start();
  } catch (error) {
    await listener.close();
    throw error;
  }
}
