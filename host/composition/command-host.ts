import type { LoadedComponent } from '../component/load.ts';
import { loadedInterfaces } from '../interfaces/index.ts';
import type { Backend } from '../interfaces/keyvalue/backends/backend.ts';
import { keyvalueInterface } from '../interfaces/keyvalue/index.ts';
import { messagingInterface } from '../interfaces/messaging/index.ts';
import type { FaultSpec } from '../runtime/fault-injection/fault.ts';
import type { ToWorker } from '../runtime/ipc/protocol.ts';
import type { DispatchSettings } from '../runtime/worker-pool/dispatch-settings.ts';
import { Dispatcher } from '../runtime/worker-pool/dispatcher.ts';
import type { DispatcherEvents } from '../runtime/worker-pool/dispatcher-events.ts';
import type { Invocation } from '../runtime/worker-pool/invocation.ts';
import { threadUrl } from '../shared/thread-url.ts';
import { httpTrigger } from '../triggers/http/trigger.ts';
import { CommandCall, type CommandStart } from '../triggers/run/command-call.ts';
import { runTrigger } from '../triggers/run/trigger.ts';
import { type ComponentHostSettings, requireUsable, setupOf } from './component-host.ts';
import { brokerOf, Messages } from './messages.ts';

/** How a service that answers requests is instantiated: once. */
const ofService = { atOnce: Number.POSITIVE_INFINITY, inTotal: Number.POSITIVE_INFINITY, isService: true };

/** Runs a component that is a command, each time in an instance of its own on a thread that nothing else needs. */
export class CommandHost {
  readonly #dispatcher: Dispatcher;
  readonly #requireUsable: () => Promise<void>;
  readonly #underWay = new Set<CommandCall>();
  #runs = 0;
  /** Whether what it runs also answers requests, in the instance that runs. */
  readonly isAnswering: boolean;

  /** @param shares the interfaces that the command is to have in common with others, such as the buckets in memory */
  constructor(
    component: LoadedComponent,
    settings: ComponentHostSettings,
    events: DispatcherEvents,
    shares?: DispatchSettings['shares'],
  ) {
    const { program } = component;
    this.isAnswering = program.kind === 'linked' && program.others !== undefined;
    const setup = setupOf(component, { ...settings, instances: 'fresh' });
    this.#requireUsable = () => requireUsable(component, settings);
    this.#dispatcher = new Dispatcher(
      { setup: this.isAnswering ? { ...setup, sharing: ofService } : setup },
      {
        interfaces: loadedInterfaces(),
        triggers: this.isAnswering ? [runTrigger, httpTrigger] : [runTrigger],
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
    // Those whose interfaces it shares have said it.
    if (shares === undefined) {
      const pool = this.#dispatcher.pool(messagingInterface);
      new Messages(pool, { broker: brokerOf(settings), limits: settings.limits }, undefined, events);
    }
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

  /** Gives the instance that runs a request, where it answers some. */
  dispatch(request: Invocation): void {
    this.#dispatcher.dispatch(request);
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
