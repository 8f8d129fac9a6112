import type { LoadedComponent } from '../component/load.ts';
import { loadedInterfaces } from '../interfaces/index.ts';
import type { Backend } from '../interfaces/keyvalue/backends/backend.ts';
import { keyvalueInterface } from '../interfaces/keyvalue/index.ts';
import type { FaultSpec } from '../runtime/fault-injection/fault.ts';
import type { ToWorker } from '../runtime/ipc/protocol.ts';
import type { DispatchSettings } from '../runtime/worker-pool/dispatch-settings.ts';
import { Dispatcher } from '../runtime/worker-pool/dispatcher.ts';
import type { DispatcherEvents } from '../runtime/worker-pool/dispatcher-events.ts';
import { threadUrl } from '../shared/thread-url.ts';
import { CommandCall, type CommandStart } from '../triggers/run/command-call.ts';
import { runTrigger } from '../triggers/run/trigger.ts';
import { type ComponentHostSettings, requireUsable, setupOf } from './component-host.ts';

/** Runs a component that is a command, each time in an instance of its own on a thread that nothing else needs. */
export class CommandHost {
  readonly #dispatcher: Dispatcher;
  readonly #requireUsable: () => Promise<void>;
  readonly #underWay = new Set<CommandCall>();
  #runs = 0;

  /** @param shares the interfaces that the command is to have in common with others, such as the buckets in memory */
  constructor(
    component: LoadedComponent,
    settings: ComponentHostSettings,
    events: DispatcherEvents,
    shares?: DispatchSettings['shares'],
  ) {
    this.#requireUsable = () => requireUsable(component, settings);
    this.#dispatcher = new Dispatcher(
      { setup: setupOf(component, { ...settings, instances: 'fresh' }) },
      {
        interfaces: loadedInterfaces(),
        triggers: [runTrigger],
        workerEntry: threadUrl('worker/worker-entry', import.meta.url),
      },
      {
        ...settings,
        threads: 1,
        maySpread: false,
        isPatient: true,
        ...(shares === undefined ? {} : { shares }),
      },
      events,
    );
  }

  /** The in-memory buckets of the command. */
  get memory(): Backend {
    return this.#dispatcher.pool(keyvalueInterface).memory;
  }

  /** Starts the thread. Throws a `HostError` when it can't be started. */
  async start(): Promise<void> {
    await this.#requireUsable();
    await this.#dispatcher.start();
  }

  /** Begins a run; it ends by itself, or with `abort`, or with the host. */
  run(start: CommandStart): CommandCall {
    this.#runs += 1;
    const call = new CommandCall(this.#runs, start);
    this.#underWay.add(call);
    void call.ended.then(() => this.#underWay.delete(call));
    this.#dispatcher.dispatch(call);
    return call;
  }

  /** What is to go wrong from now on. Only where the settings have `isIntercepted`. */
  injectFaults(faults: readonly FaultSpec[]): void {
    this.#dispatcher.injectFaults(faults);
  }

  /** Tells all threads that run the command. */
  tell(message: ToWorker): void {
    this.#dispatcher.tell(message);
  }

  /** Closes once the runs that are under way have ended. */
  async end(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all([...this.#underWay].map((call) => call.ended));
    await this.close();
  }

  /** Ends the runs that are under way, and the thread. */
  close(): Promise<void> {
    return this.#dispatcher.close();
  }
}
