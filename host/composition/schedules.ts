import { Cron } from 'croner';
import type { FaultSpec } from '../runtime/fault-injection/fault.ts';
import type { ToWorker } from '../runtime/ipc/protocol.ts';
import type { InterfacePools } from '../runtime/worker-pool/interface-pools.ts';
import type { ScheduleSetting } from '../settings/schedules-setting.ts';
import { ControlledClock } from '../shared/controlled-clock.ts';
import { HostError, stackOf } from '../shared/host-error.ts';
import { nearestAdvice } from '../shared/nearest.ts';
import type { ComponentHostSettings } from './component-host.ts';
import type { HostEvents } from './host-events.ts';
import type { ScheduleReport } from './schedule-report.ts';
import { ScheduledCommand } from './scheduled-command.ts';

/** How long the clock may go unobserved, in milliseconds: a machine may sleep, and its time may be set. */
const longestWait = 30_000;

/** What schedules share with the component beside which they run. */
export interface ScheduleSurroundings {
  readonly interfaces: InterfacePools;
  /** Counts what the host does, requests included. */
  nextNumber(): number;
}

/** A schedule, and when it is due. */
interface Planned {
  readonly command: ScheduledCommand;
  readonly cron: Cron;
  /** Milliseconds since 1970; undefined where it never is. */
  due: number | undefined;
}

/**
 * Runs what the configuration has schedules for, by the clock of the host. What is due while its last run goes on is left out; of several
 * times that were missed one is made up for.
 */
export class Schedules {
  readonly #planned: readonly Planned[];
  readonly #events: HostEvents;
  readonly #now: () => number;
  readonly #nextNumber: () => number;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param main the component that answers requests */
  constructor(
    schedules: readonly ScheduleSetting[],
    main: string,
    settings: ComponentHostSettings,
    events: HostEvents,
    { interfaces, nextNumber }: ScheduleSurroundings,
  ) {
    this.#events = events;
    this.#nextNumber = nextNumber;
    this.#now = settings.clock === undefined ? Date.now : new ControlledClock(settings.clock).now;
    this.#planned = schedules.map((schedule) => ({
      command: new ScheduledCommand(schedule, main, settings, events, interfaces),
      cron: new Cron(schedule.cron, { timezone: schedule.timezone, paused: true }),
      due: undefined,
    }));
  }

  /** Loads all that is to be run, and waits for the first times. Throws a `HostError` where something can't be run. */
  async start(): Promise<void> {
    await Promise.all(this.#planned.map(({ command }) => command.load()));
    const now = this.#now();
    for (const planned of this.#planned) planned.due = nextAfter(planned.cron, now);
    this.#wait();
  }

  /** Runs a schedule now, whatever its time is. Rejects with a `HostError` where there is none of that name. */
  async run(name: string | undefined): Promise<ScheduleReport> {
    const names = this.#planned.map(({ command }) => command.name);
    const wanted = name ?? (names.length === 1 ? names[0] : undefined);
    const planned = this.#planned.find(({ command }) => command.name === wanted);
    if (planned !== undefined) return await this.#run(planned.command);
    const advice = `Schedules are ${names.join(', ')}.`;
    throw new HostError(
      'usage',
      name === undefined
        ? `there are several schedules; name one. ${advice}`
        : `there is no schedule ${JSON.stringify(name)}. ${nearestAdvice(name, names, advice)}`,
    );
  }

  /** The clock was moved. */
  timeMoved(): void {
    if (this.#isClosed) return;
    // What was set back is due again at its next time from then on.
    const now = this.#now();
    for (const planned of this.#planned) {
      const next = nextAfter(planned.cron, now);
      if (planned.due === undefined || (next !== undefined && next < planned.due)) planned.due = next;
    }
    this.#look();
  }

  injectFaults(faults: readonly FaultSpec[]): void {
    for (const { command } of this.#planned) command.injectFaults(faults);
  }

  tell(message: ToWorker): void {
    for (const { command } of this.#planned) command.tell(message);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#planned.map(({ command }) => command.close()));
  }

  /** Runs what is due. */
  #look(): void {
    const now = this.#now();
    for (const planned of this.#planned) {
      const { command, cron, due } = planned;
      if (due === undefined || due > now) continue;
      planned.due = nextAfter(cron, now);
      if (command.isRunning) {
        this.#events.warning(
          `the schedule ${command.name} was due while its last run goes on; it is left out`,
        );
      } else this.#run(command).catch((error: unknown) => this.#events.fault(stackOf(error)));
    }
    this.#wait();
  }

  async #run(command: ScheduledCommand): Promise<ScheduleReport> {
    const report = await command.run(this.#nextNumber());
    if (!this.#isClosed) this.#events.scheduled?.(report);
    return report;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const dues = this.#planned.flatMap(({ due }) => due ?? []);
    if (dues.length === 0) return;
    const wait = Math.min(Math.max(Math.min(...dues) - this.#now(), 0), longestWait);
    this.#timer = setTimeout(() => this.#look(), wait).unref();
  }
}

function nextAfter(cron: Cron, now: number): number | undefined {
  return cron.nextRun(new Date(now))?.getTime();
}
