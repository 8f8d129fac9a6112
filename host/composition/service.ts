import { basename } from 'node:path';
import { serviceEntry } from '../component/entry-point.ts';
import type { FaultSpec } from '../runtime/fault-injection/fault.ts';
import type { ToWorker } from '../runtime/ipc/protocol.ts';
import type { InterfacePools } from '../runtime/worker-pool/interface-pools.ts';
import type { Invocation } from '../runtime/worker-pool/invocation.ts';
import type { ServiceSetting } from '../settings/service-setting.ts';
import { formatDuration } from '../shared/duration.ts';
import type { CommandCall, CommandEnd } from '../triggers/run/command-call.ts';
import { CommandHost } from './command-host.ts';
import type { ComponentHostSettings } from './component-host.ts';
import type { HostEvents } from './host-events.ts';
import { loadedCommand } from './loaded-command.ts';

/** How long a service that has failed waits until it is started again, in milliseconds; twice as long each time. */
const firstPause = 100;
const longestPause = 30_000;
/** After running for this long it starts again as if it had never failed, in milliseconds. */
const soundAfter = 10_000;

/** What a service shares with the component beside which it runs. */
export interface ServiceSurroundings {
  readonly interfaces: InterfacePools;
  /** Called each time that the service begins. */
  begins(): void;
}

/**
 * A component that runs for as long as the host does: one instance on a thread of its own. Where it ends with an error, it is started
 * again after a pause; where it ends well, it has ended. One that exports a handler of WASI 0.3 answers the requests of the host as well,
 * in the instance that runs.
 */
export class Service {
  readonly #path: string;
  readonly #place: string;
  readonly #name: string;
  readonly #settings: ComponentHostSettings;
  readonly #events: HostEvents;
  readonly #surroundings: ServiceSurroundings;
  #faults: readonly FaultSpec[] = [];
  #host: CommandHost | undefined;
  #run: CommandCall | undefined;
  #pause = firstPause;
  #timer: NodeJS.Timeout | undefined;
  #replaced: Promise<void> = Promise.resolve();
  #isRunning = false;
  #isClosed = false;

  constructor(
    { file: path, place }: ServiceSetting,
    settings: ComponentHostSettings,
    events: HostEvents,
    surroundings: ServiceSurroundings,
  ) {
    this.#path = path;
    this.#place = place;
    this.#name = basename(path, '.wasm');
    this.#settings = settings;
    this.#events = events;
    this.#surroundings = surroundings;
  }

  /** Begins to run it. Throws a `HostError` where it can't be run. */
  async start(): Promise<void> {
    const host = await this.#load();
    if (this.#isClosed) await host.close();
    else this.#begin(host);
  }

  /** Whether it answers requests. */
  get isAnswering(): boolean {
    return this.#host?.isAnswering === true;
  }

  /** For people. */
  get name(): string {
    return this.#name;
  }

  /** Gives it a request, which is refused while it does not run. */
  dispatch(request: Invocation): void {
    if (this.#isRunning) this.#host?.dispatch(request);
    else request.refuse(`the service ${this.#name} does not run; the terminal says why`);
  }

  /** Runs what its file has now. Throws a `HostError` where it can't be run; then the one before goes on. */
  replace(): Promise<void> {
    const done = this.#replaced.catch(() => {}).then(() => this.#replaceNow());
    this.#replaced = done;
    return done;
  }

  injectFaults(faults: readonly FaultSpec[]): void {
    this.#faults = faults;
    this.#host?.injectFaults(faults);
  }

  tell(message: ToWorker): void {
    this.#host?.tell(message);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#host?.close();
  }

  async #replaceNow(): Promise<void> {
    const next = await this.#load();
    const before = this.#host;
    this.#host = undefined;
    this.#isRunning = false;
    clearTimeout(this.#timer);
    // The one before has ports that the next one wants.
    await before?.close();
    this.#pause = firstPause;
    if (this.#isClosed) await next.close();
    else this.#begin(next);
  }

  async #load(): Promise<CommandHost> {
    const { component, events } = await loadedCommand({
      name: this.#name,
      path: this.#path,
      place: this.#place,
      entry: serviceEntry,
      settings: this.#settings,
      events: this.#events,
    });
    const host = new CommandHost(component, this.#settings, events, this.#surroundings.interfaces);
    if (this.#settings.isIntercepted === true) host.injectFaults(this.#faults);
    try {
      await host.start();
    } catch (error) {
      await host.close();
      throw error;
    }
    return host;
  }

  #begin(host: CommandHost): void {
    this.#host = host;
    this.#surroundings.begins();
    // The next run has an instance of its own.
    host.tell({ type: 'forget' });
    this.#isRunning = true;
    const run = host.run({ args: [basename(this.#path)] });
    this.#run = run;
    run.ended.then((end) => {
      if (this.#isClosed || this.#run !== run || this.#host !== host) return;
      this.#isRunning = false;
      this.#ended(host, end);
    });
  }

  #ended(host: CommandHost, end: CommandEnd): void {
    if (end.status === 0) {
      this.#events.warning(`the service ${this.#name} has ended; it is not started again`);
      return;
    }
    if (end.milliseconds > soundAfter) this.#pause = firstPause;
    const pause = this.#pause;
    this.#pause = Math.min(pause * 2, longestPause);
    this.#events.warning(
      `the service ${this.#name} ${whyEnded(end)}; it is started again in ${formatDuration(pause)}`,
    );
    this.#timer = setTimeout(() => {
      if (!this.#isClosed && this.#host === host) this.#begin(host);
    }, pause).unref();
  }
}

function whyEnded({ status, trap, reason }: CommandEnd): string {
  if (trap !== undefined) {
    const frames = trap.backtrace.map((frame) => `\n    at ${frame}`).join('');
    return `trapped: ${trap.reason}${frames}${frames === '' ? '' : '\n  '}`;
  }
  if (status === undefined) return `was ended: ${reason ?? 'its thread broke down'}`;
  return status === 1 ? 'ended with an error' : `exited with status ${status}`;
}
