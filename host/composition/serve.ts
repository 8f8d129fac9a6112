import type { LoadedComponent } from '../component/load.ts';
import type { Backend } from '../interfaces/keyvalue/backends/backend.ts';
import type { Settings } from '../settings/settings.ts';
import type { Served } from '../triggers/http/connections.ts';
import { listen } from '../triggers/http/listener.ts';
import { ComponentHost, type HostEvents } from './component-host.ts';

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

/** What was done before the first request was served. */
export interface Prepared<T> {
  readonly prepared: T;
}

/**
 * Serves a component over HTTP. Throws a `HostError` when it can't be started or the address is taken.
 *
 * @param prepare fills buckets, for instance; requests that come meanwhile wait. Gets the in-memory buckets
 */
export async function serve<T>(
  component: LoadedComponent,
  settings: Settings,
  events: HostEvents,
  prepare: (memory: Backend) => Promise<T>,
): Promise<RunningHost & Prepared<T>> {
  const host = new ComponentHost(component, settings, events);
  try {
    let isServing = false;
    const begin = Promise.withResolvers<void>();
    let prepared: T;
    const listener = await listen(settings.address, settings.limits, {
      handle(request, response, mustContinue) {
        if (isServing) return host.handle(request, response, mustContinue);
        let served: Served | undefined;
        begin.promise.then(() => {
          served = host.handle(request, response, mustContinue);
        });
        return { malformed: (reason) => served?.malformed(reason) };
      },
      refused: (refusal) => host.refused(refusal),
    });
    try {
      await host.start();
      prepared = await prepare(host.memory);
      isServing = true;
      begin.resolve();
    } catch (error) {
      await listener.close();
      throw error;
    }
    return {
      prepared,
      url: listener.url,
      memory: host.memory,
      replace: (next) => host.replace(next),
      async drain() {
        await listener.drain();
        await host.close();
      },
      async close() {
        await listener.close();
        await host.close();
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}
