import type { Backend } from '../backends/backend.ts';
import type { LoadedComponent } from '../component/load.ts';
import type { Settings } from '../config/settings.ts';
import type { Served } from './connections.ts';
import { Front, type HostEvents } from './front.ts';
import { listen } from './listener.ts';

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
  const front = new Front(component, settings, events);
  try {
    let isServing = false;
    const begin = Promise.withResolvers<void>();
    let prepared: T;
    const listener = await listen(settings.address, settings.limits, {
      handle(request, response, mustContinue) {
        if (isServing) return front.handle(request, response, mustContinue);
        let served: Served | undefined;
        begin.promise.then(() => {
          served = front.handle(request, response, mustContinue);
        });
        return { malformed: (reason) => served?.malformed(reason) };
      },
      refused: (refusal) => front.refused(refusal),
    });
    try {
      await front.start();
      prepared = await prepare(front.memory);
      isServing = true;
      begin.resolve();
    } catch (error) {
      await listener.close();
      throw error;
    }
    return {
      prepared,
      url: listener.url,
      memory: front.memory,
      replace: (next) => front.replace(next),
      async drain() {
        await listener.drain();
        await front.close();
      },
      async close() {
        await listener.close();
        await front.close();
      },
    };
  } catch (error) {
    await front.close();
    throw error;
  }
}
