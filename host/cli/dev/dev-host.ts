import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadedComponent } from '../../component/load.ts';
import type { ComponentFile } from '../../component/read.ts';
import { unusedImports } from '../../composition/imports-fit.ts';
import { requireServicePorts } from '../../composition/require-service-ports.ts';
import { RunningHost } from '../../composition/running-host.ts';
import type { ResolvedSettings } from '../../composition/settings.ts';
import { withTelemetry } from '../../composition/telemetry/with-telemetry.ts';
import type { Transpiler } from '../../engine/jco/transpiler.ts';
import { RequestLog } from '../../inspector/api/request-log.ts';
import { blobstoreInterface } from '../../interfaces/blobstore/index.ts';
import { blobTimeout, ThreadBlobs } from '../../interfaces/blobstore/thread-blobs.ts';
import { OPERATION_TIMEOUT } from '../../interfaces/keyvalue/backends/definition.ts';
import { ThreadStores } from '../../interfaces/keyvalue/open-stores.ts';
import type { Stores } from '../../interfaces/keyvalue/stores.ts';
import { type Seeded, seedBuckets } from '../../interfaces/keyvalue/transfer/seed.ts';
import { HostError } from '../../shared/host-error.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import { usualPatience } from '../../terminal/signals.ts';
import type { DevFlags } from './dev-flags.ts';
import type { DevOutput } from './dev-output.ts';
import type { DevRecorder } from './dev-record.ts';
import { loggedEvents } from './logged-events.ts';
import { watchService } from './watch-service.ts';

/** The transpiler gets ready for the first change once the host has served for this long, in milliseconds. */
const warmAfter = 2000;

/** What a `DevHost` is made of. */
export interface DevHostOptions {
  readonly flags: DevFlags;
  readonly resolved: ResolvedSettings;
  readonly recorder: DevRecorder | undefined;
  readonly output: DevOutput;
  readonly context: CommandContext;
  readonly transpiler: Transpiler;
  /** Called once requests are served. @param patience see `CommandContext.heedSignals` */
  readonly begun: (patience: number) => void;
}

/** The stores that others than the component use. */
interface OpenedStores {
  readonly stores: Stores;
  readonly blobs: ThreadBlobs;
}

/** The host of `kvasi dev`: it starts with the first component that is good, and serves each later one in place of the one before. */
export class DevHost implements AsyncDisposable {
  readonly #options: DevHostOptions;
  readonly #requests = new RequestLog();
  readonly #ends = new AsyncDisposableStack();
  readonly #aborted: Promise<void>;
  #host: RunningHost | undefined;
  #served: ComponentFile | undefined;
  #drained: Promise<void> | undefined;
  /** Where the component is served; undefined before there is a good one. */
  url: string | undefined;
  /** Opens the inspector's page with the right to write; undefined where there is none. */
  inspector: string | undefined;

  constructor(options: DevHostOptions) {
    this.#options = options;
    const { signal } = options.context;
    this.#aborted = new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Serves a component from now on. Throws a `HostError` where the first one can't be; of a later one that is told. */
  async serve(component: LoadedComponent, changed: readonly string[]): Promise<void> {
    if (this.#host === undefined) {
      await this.#start(component);
      const { output, resolved } = this.#options;
      for (const text of unusedImports(component, resolved.settings)) output.warning(text);
    } else await this.#replace(this.#host, component, changed);
    for (const text of component.warnings ?? []) this.#options.output.warning(text);
  }

  /** Resolves when the host has ended in good order, after the signal; at once where it was never started. */
  async drained(): Promise<void> {
    await this.#drained;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ends.disposeAsync();
  }

  async #start(component: LoadedComponent): Promise<void> {
    const { flags, resolved, recorder, output, context, begun } = this.#options;
    const { settings } = resolved;
    const events = loggedEvents(output, flags.inspector === 'off' ? undefined : this.#requests);
    const telemetry = await withTelemetry(settings.telemetry, component.file.path, events);
    this.#ends.use(telemetry);
    const host = new RunningHost(component, settings, recorder?.events(telemetry.events) ?? telemetry.events);
    telemetry.attach(host);
    this.#ends.defer(() => host.close());
    // Before the component is started: a client that comes early waits, and a port that is taken is told at once.
    const { url } = await host.listen(settings.address);
    await requireServicePorts(settings);
    const { stores, blobs, seeded } = await host.start(() => this.#prepare(host, component));
    this.#host = host;
    this.url = url;
    this.#served = component.file;
    // What ends a request ends nothing else; what is in memory is worth more than a clean stop.
    const onFault = (error: unknown): void => output.fault(error);
    process.on('uncaughtException', onFault);
    this.#ends.defer(() => void process.off('uncaughtException', onFault));
    // In-flight requests take the time that they need.
    begun(Number.POSITIVE_INFINITY);
    this.#drained = this.#aborted.then(async () => {
      await recorder?.finish();
      await host.drain();
      context.heedSignals(usualPatience);
    });
    // Told where it is waited for.
    this.#drained.catch(() => {});
    if (flags.watch !== false && settings.service !== undefined)
      this.#ends.use(
        watchService(settings.service.file, () => host.replaceService(), output, context.signal),
      );
    this.inspector = await this.#inspect(url, { stores, blobs }, component.file);
    output.serving(component.file, settings, {
      url,
      inspector: this.inspector,
      seeded,
      service: settings.service?.file,
    });
    // Kept now, because a server may never end in good order.
    flushCompileCache();
    if (flags.watch !== false && component.program.kind === 'transpiled') this.#warmLater();
  }

  /** Fills buckets before the first request is served; answers the stores that others are to use. */
  async #prepare(
    host: RunningHost,
    component: LoadedComponent,
  ): Promise<OpenedStores & { readonly seeded: Seeded[] }> {
    const { resolved, recorder } = this.#options;
    const { keyvalue, blobstore } = resolved.settings;
    // That a store is away, the guest's own connection tells.
    const context = { now: Date.now, operationTimeout: OPERATION_TIMEOUT, tell: () => {} };
    const stores = new ThreadStores(keyvalue, host.memory, context);
    this.#ends.defer(() => stores.close());
    const seeded = await seedBuckets(keyvalue, stores);
    const blobs = new ThreadBlobs(blobstore, host.pool(blobstoreInterface).memory, {
      ...context,
      operationTimeout: blobTimeout,
    });
    this.#ends.defer(() => blobs.close());
    if (blobstore.seed !== undefined) {
      const { seedBlobs } = await import('../../interfaces/blobstore/seed.ts');
      await seedBlobs(blobstore.seed, await blobs.store());
    }
    const recorded = await recorder?.begin(resolved, component.file.path, stores);
    return { seeded, stores: recorded ?? stores, blobs };
  }

  async #inspect(url: string, stores: OpenedStores, first: ComponentFile): Promise<string | undefined> {
    const { flags, resolved, output } = this.#options;
    if (flags.inspector === 'off') return undefined;
    const { startDevInspector } = await import('./dev-inspector.ts');
    const inspector = await startDevInspector({
      url,
      resolved,
      ...stores,
      requests: this.#requests,
      port: flags.inspector.port,
      component: () => this.#served ?? first,
      warning: (message) => output.warning(message),
    });
    this.#ends.defer(() => inspector.close());
    return inspector.link;
  }

  async #replace(host: RunningHost, component: LoadedComponent, changed: readonly string[]): Promise<void> {
    const { output, context } = this.#options;
    const started = performance.now();
    try {
      // A component that does not get ready is not waited for when the host is to end.
      await Promise.race([host.replace(component), this.#aborted]);
      if (context.signal.aborted) return;
      this.#served = component.file;
      output.reloaded(component.file, performance.now() - started, changed);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      output.reloadFailed(error.message);
    }
  }

  #warmLater(): void {
    const { context, transpiler } = this.#options;
    sleep(warmAfter, undefined, { signal: context.signal, ref: false }).then(
      () => transpiler.warm(),
      () => {},
    );
  }
}
