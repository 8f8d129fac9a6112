import { loadAlone } from '../component/load-alone.ts';
import { workloadOf } from '../component/workload.ts';
import { blobstoreInterface } from '../interfaces/blobstore/index.ts';
import { mostMemory } from '../settings/limits.ts';
import { HostError } from '../shared/host-error.ts';
import { holdProcess } from '../shared/process-hold.ts';
import { addressOf } from './address-of.ts';
import { hostIsClosed } from './closed-host.ts';
import { requestOf } from './fetch-request.ts';
import type { HostEmitter } from './host-emitter.ts';
import type { HostEventMap } from './host-event-map.ts';
import type { CheckedHostOptions } from './options/check-host-options.ts';
import type { ChangeableOptions } from './options/host-options.ts';
import type { RequestEvent } from './request-event.ts';
import type { RunningHost } from './running-host.ts';
import { seedBlobStore, seedStores } from './seed-stores.ts';
import type { Settings } from './settings.ts';

/** A port that a host serves. */
export interface HostListener extends AsyncDisposable {
  /** Such as `http://localhost:8000`. */
  readonly url: string;
  /** Accepts nothing more, and resolves when the in-flight requests of this port have been answered. */
  drain(): Promise<void>;
  /** Closes the port, and breaks its in-flight requests off. */
  close(): Promise<void>;
}

/**
 * A component that is served; made by `createHost`. A host without an open port does not keep the process alive, but what is awaited of
 * it does.
 */
export class Host implements AsyncDisposable {
  readonly #running: RunningHost;
  readonly #emitter: HostEmitter;
  readonly #telemetry: AsyncDisposable;
  #options: CheckedHostOptions;
  #settings: Settings;
  /** The last change; each waits for the one before. */
  #changed: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;
  /** What `publish` takes; loaded with the first one. */
  #publishing: Promise<typeof import('./published-by.ts')> | undefined;

  /** @internal */
  constructor(
    running: RunningHost,
    emitter: HostEmitter,
    options: CheckedHostOptions,
    settings: Settings,
    telemetry: AsyncDisposable,
  ) {
    this.#telemetry = telemetry;
    this.#running = running;
    this.#emitter = emitter;
    this.#options = options;
    this.#settings = settings;
  }

  /**
   * Sends a request to the component; no port is opened. Takes what `fetch` takes; a path stands for itself.
   * When the answer's body has been read, the event `request` of it has been told.
   *
   * Rejects with a `HostError` for what is no request, and as `fetch` does, with a `TypeError`, where there is no answer; its `cause`
   * says why.
   */
  async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const request = requestOf('host.fetch', input, init);
    return await this.#during(async () => {
      let ended: Promise<RequestEvent | undefined> = Promise.resolve(undefined);
      return await this.#running.fetch(request, {
        sent: (arrival) => {
          ended = arrival.then((number) => (number === undefined ? undefined : this.#emitter.ended(number)));
        },
        begun: () => {},
        ended: () => ended,
        whyFailed: async (_, error) => whyFailed(await ended, error),
        answered: () => {},
      });
    });
  }

  /**
   * Publishes a message as a component does; resolves when the broker has taken it. In memory it is taken when each component that has
   * subscribed has it or has it in its queue; `host.on('message')` tells what becomes of it. Rejects with a `HostError` that says why it is
   * not taken.
   */
  async publish(
    subject: string,
    body: string | Uint8Array,
    options: { readonly replyTo?: string } = {},
  ): Promise<void> {
    await this.#during(async () => {
      this.#publishing ??= import('./published-by.ts');
      const { publishedBy } = await this.#publishing;
      await publishedBy(await this.#running.messages.carrier(), subject, body, options);
    });
  }

  /**
   * Opens a port. Rejects with a `HostError` that says who has it.
   *
   * @param address such as `127.0.0.1:8080`; port 0 takes a free one. Default: the option `address`, which is `localhost:8000` by default
   */
  async listen(address?: string): Promise<HostListener> {
    const wanted = address === undefined ? this.#settings.address : addressOf(address);
    return await this.#during(async () => {
      const listener = await this.#running.listen(wanted);
      return { ...listener, [Symbol.asyncDispose]: () => listener.close() };
    });
  }

  /**
   * Serves another component from now on: in-flight requests end in the old one, no connection is closed, and what is in memory stays.
   * Rejects with a `HostError` where it can't be served; then the old one keeps serving.
   *
   * @param component a path or a `file:` URL. Default: the file that is served, read again
   */
  async replace(component?: string | URL): Promise<void> {
    await this.#change('host.replace', component === undefined ? {} : { component });
  }

  /**
   * Changes options while the host serves, as `replace` changes the component; those that are not named stay as they are. The
   * configuration file is read again. Rejects with a `HostError` for options that can't be changed; then nothing changes.
   */
  async setOptions(options: ChangeableOptions): Promise<void> {
    await this.#change('host.setOptions', options);
  }

  /** Calls `listener` whenever that happens, from now on. */
  on<Name extends keyof HostEventMap>(name: Name, listener: (...args: HostEventMap[Name]) => void): this {
    this.#emitter.on(name, listener);
    return this;
  }

  /** Calls `listener` when that happens the next time. */
  once<Name extends keyof HostEventMap>(name: Name, listener: (...args: HostEventMap[Name]) => void): this {
    this.#emitter.once(name, listener);
    return this;
  }

  /** Does not call `listener` any more. */
  off<Name extends keyof HostEventMap>(name: Name, listener: (...args: HostEventMap[Name]) => void): this {
    this.#emitter.off(name, listener);
    return this;
  }

  /** Ends everything at once: in-flight calls, and all later ones, fail because the host is closed. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    using _ = holdProcess();
    const closed = this.#running.close();
    this.#emitter.close();
    await closed;
    await this.#telemetry[Symbol.asyncDispose]();
  }

  /** Keeps the process from ending meanwhile. What fails because the host was closed says so. */
  async #during<T>(act: () => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) throw hostIsClosed();
    using _ = holdProcess();
    try {
      return await act();
    } catch (error) {
      // Of a wrong use it is said what was wrong, and that the host is closed is such a one.
      if (this.#closed === undefined || (error instanceof HostError && error.code === 'usage')) throw error;
      throw hostIsClosed(error);
    }
  }

  async #change(caller: string, given: ChangeableOptions): Promise<void> {
    await this.#during(async () => {
      const change = this.#changed.then(() => this.#changeNow(caller, given));
      this.#changed = change.catch(() => {});
      await change;
    });
  }

  async #changeNow(caller: string, given: ChangeableOptions): Promise<void> {
    const { changedOptions } = await import('./options/check-host-options.ts');
    const { resolveHostOptions } = await import('./options/resolve-host-options.ts');
    const options = await changedOptions(this.#options, given, caller);
    const { settings } = await resolveHostOptions(options, caller);
    // What the file says of them now holds for the next host.
    const { limits } = this.#settings;
    const component = await loadAlone(workloadOf(settings), {
      memory: mostMemory(limits),
      instances: settings.instances,
    });
    await seedStores(settings.keyvalue, this.#running.memory);
    await seedBlobStore(settings.blobstore, this.#running.pool(blobstoreInterface).memory);
    await this.#running.replace(component, settings);
    for (const text of component.warnings ?? []) this.#emitter.warning(text);
    this.#options = options;
    this.#settings = { ...settings, limits };
  }
}

/** Why there was no answer, or not all of it. @param error what the client saw of that */
function whyFailed(event: RequestEvent | undefined, error: unknown): unknown {
  if (event?.reason === undefined) return error;
  const { method, path, reason, backtrace } = event;
  const frames = backtrace.map((frame) => `\n    at ${frame}`).join('');
  return new HostError('request', `${method} ${path}: ${reason}${frames}`, { cause: error });
}
