import type { Backend } from '../backends/backend.ts';
import type { LoadedComponent } from '../component/load.ts';
import type { Settings } from '../config/settings.ts';
import { Dispatcher, type DispatcherEvents } from './dispatcher.ts';
import { Exchange } from './exchange.ts';
import { FrontMemory } from './front-memory.ts';
import { type Listener, listen } from './listener.ts';
import type { RequestReport } from './request-report.ts';

/** What a host tells while it runs. */
export interface HostEvents extends DispatcherEvents {
  /** A request has ended. */
  request(report: RequestReport): void;
}

/** A component that is being served. */
export interface RunningHost {
  readonly url: string;
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
  const dispatcher = new Dispatcher(
    {
      glue: component.glue,
      modules: component.modules,
      dialect: component.dialect,
      keyvalue: settings.keyvalue,
      instances: settings.instances,
      environment: settings.environment,
      config: settings.config,
      volumes: settings.volumes,
    },
    settings.requestTimeout,
    events,
  );
  let requests = 0;
  try {
    const listener = await listen(settings.address, (request, response) => {
      requests += 1;
      const exchange = new Exchange(requests, request, response, events.request);
      exchange.gatherBody(settings.requestTimeout, () => dispatcher.dispatch(exchange));
    });
    return await started(listener, dispatcher);
  } catch (error) {
    await dispatcher.close();
    throw error;
  }
}

async function started(listener: Listener, dispatcher: Dispatcher): Promise<RunningHost> {
  try {
    await dispatcher.start();
  } catch (error) {
    await listener.close();
    throw error;
  }
  return {
    url: listener.url,
    memory: new FrontMemory((call, settle) => dispatcher.callMemory(call, settle)),
    async drain() {
      await listener.drain();
      await dispatcher.close();
    },
    async close() {
      await listener.close();
      await dispatcher.close();
    },
  };
}
