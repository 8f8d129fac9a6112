import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { namedEntry, scheduledEntry } from '../component/entry-point.ts';
import type { FaultSpec } from '../runtime/fault-injection/fault.ts';
import type { ToWorker } from '../runtime/ipc/protocol.ts';
import { noTrace } from '../runtime/trace/packed-trace.ts';
import type { InterfacePools } from '../runtime/worker-pool/interface-pools.ts';
import type { ScheduleSetting } from '../settings/schedules-setting.ts';
import { HostError } from '../shared/host-error.ts';
import { CommandHost } from './command-host.ts';
import type { ComponentHostSettings } from './component-host.ts';
import type { HostEvents } from './host-events.ts';
import { loadedCommand } from './loaded-command.ts';
import type { ScheduleReport } from './schedule-report.ts';

/** What a schedule runs: a function of a component, each time in an instance of its own. */
export class ScheduledCommand {
  readonly name: string;
  readonly #path: string;
  readonly #place: string;
  readonly #export: string | undefined;
  readonly #settings: ComponentHostSettings;
  readonly #events: HostEvents;
  readonly #interfaces: InterfacePools;
  #faults: readonly FaultSpec[] = [];
  #host: CommandHost | undefined;
  #version: string | undefined;
  #running = 0;
  #isClosed = false;

  /** @param main the component that answers requests */
  constructor(
    { name, file, export: func, place }: ScheduleSetting,
    main: string,
    settings: ComponentHostSettings,
    events: HostEvents,
    interfaces: InterfacePools,
  ) {
    this.name = name;
    this.#path = file ?? main;
    this.#place = place;
    this.#export = func;
    this.#settings = settings;
    this.#events = events;
    this.#interfaces = interfaces;
  }

  get isRunning(): boolean {
    return this.#running > 0;
  }

  /** Loads the component where its file is another one than before. Throws a `HostError` where it can't be run. */
  async load(): Promise<CommandHost> {
    const version = await versionOf(this.#path);
    if (this.#host !== undefined && version === this.#version) return this.#host;
    const { component, events } = await loadedCommand({
      name: this.name,
      path: this.#path,
      place: this.#place,
      entry: this.#export === undefined ? scheduledEntry : namedEntry(this.#export),
      settings: this.#settings,
      events: this.#events,
    });
    if (this.#isClosed) throw new HostError('usage', 'the host is closed.');
    const before = this.#host;
    this.#host = new CommandHost(component, this.#settings, events, this.#interfaces);
    if (this.#settings.isIntercepted === true) this.#host.injectFaults(this.#faults);
    this.#version = version;
    // Runs that are under way end in the one before, which nobody waits for.
    void before?.end();
    return this.#host;
  }

  /** Runs it once. What goes wrong is a part of the report. @param number see `ScheduleReport.request` */
  async run(number: number): Promise<ScheduleReport> {
    const started = performance.now();
    this.#running += 1;
    try {
      const host = await this.load();
      const { ended } = host.run({ args: [basename(this.#path)], number });
      return { request: number, schedule: this.name, ...(await ended) };
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      const milliseconds = performance.now() - started;
      return {
        request: number,
        schedule: this.name,
        status: undefined,
        trap: undefined,
        reason: error.message,
        operations: noTrace,
        milliseconds,
      };
    } finally {
      this.#running -= 1;
    }
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
    await this.#host?.close();
  }
}

async function versionOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch {
    // What is wrong with it, whoever loads it will say.
    return 'none';
  }
}
