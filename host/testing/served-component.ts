import type { LoadedComponent } from '../component/load.ts';
import { type Workload, workloadOf } from '../component/workload.ts';
import type { HostEvents } from '../composition/host-events.ts';
import { RunningHost } from '../composition/running-host.ts';
import type { Settings } from '../composition/settings.ts';
import { blobstoreInterface } from '../interfaces/blobstore/index.ts';
import { interfacesOf } from '../interfaces/provided.ts';
import type { Step } from '../runtime/fault-injection/schedule.ts';
import type { DispatcherEvents } from '../runtime/worker-pool/dispatcher-events.ts';
import type { ControlledClock } from '../shared/controlled-clock.ts';
import { reasonOf, stackOf } from '../shared/host-error.ts';
import type { RefusedClient } from '../triggers/http/refusal.ts';
import type { ChangeReport } from '../triggers/keyvalue-watch/change-report.ts';
import type { DeliveryReport } from '../triggers/messaging/delivery-report.ts';
import { versionOf } from './loaded-components.ts';
import type { HostData } from './stores/host-data.ts';
import { TestBlobs } from './stores/test-blobs.ts';
import { TestStores } from './stores/test-stores.ts';

/** Who is told what a component does. */
export interface ServedEvents
  extends Required<Pick<HostEvents, 'request' | 'handled' | 'refused' | 'scheduled'>>,
    Required<Pick<DispatcherEvents, 'print'>> {
  /** An operation was made in the order of a schedule. */
  step(step: Step): void;
  delivered(report: DeliveryReport): void;
  changed(report: ChangeReport): void;
  /** A request has come. */
  began(request: number): void;
  /** Something about stores and threads. */
  tell(text: string): void;
}

/** A component with its threads, its stores and the ways to it: what one test host after the other can use. */
export class ServedComponent {
  readonly clock: ControlledClock;
  readonly host: RunningHost;
  readonly stores: TestStores;
  readonly blobs: TestBlobs;
  readonly data: HostData;
  /** Something happened to its threads or stores that those of a new host would not know of. */
  isWorn = false;
  /** The component, or the test, may have stored something. */
  isUsed = false;
  readonly #workload: Workload;
  readonly #version: string;
  #events: ServedEvents | undefined;

  /**
   * @param version of the component's files, from before it was loaded; see `versionOf`
   * @param seed begins what is random; default: chance
   */
  constructor(
    component: LoadedComponent,
    version: string,
    settings: Settings & { readonly component: string },
    data: HostData,
    clock: ControlledClock,
    seed: number | string | undefined,
  ) {
    this.#workload = workloadOf(settings);
    this.#version = version;
    this.clock = clock;
    this.data = data;
    this.host = new RunningHost(
      component,
      {
        ...settings,
        threads: 1,
        clock: clock.buffer,
        isIntercepted: true,
        ...(seed === undefined ? {} : { seed }),
      },
      {
        arrived: (_request, _response, number) => this.#events?.began(number),
        request: (report) => this.#events?.request(report),
        handled: (request, operations) => this.#events?.handled(request, operations),
        print: (request, stream, bytes) => this.#events?.print(request, stream, bytes),
        scheduled: (report) => this.#events?.scheduled(report),
        delivered: (report) => this.#events?.delivered(report),
        changed: (report) => this.#events?.changed(report),
        printedBy: (_, stream, bytes) => this.#events?.print(0, stream, bytes),
        refused: (client) => this.#tellRefused(client),
        step: (step) => this.#events?.step(step),
        warning: (text) => this.#wear(text),
        crash: (error) => this.#wear(`the worker broke down: ${reasonOf(error)}`),
        fault: (error) => this.#wear(`a fault of kvasi: ${stackOf(error)}`),
        replaced: () => {
          this.isWorn = true;
        },
      },
    );
    this.stores = new TestStores(settings.keyvalue, this.host.memory, clock);
    this.blobs = new TestBlobs(
      settings.blobstore,
      this.host.pool(blobstoreInterface).memory,
      clock.now,
      interfacesOf(component.file.description.imports).includes(blobstoreInterface),
    );
  }

  /** From now on somebody else is told. */
  tellTo(events: ServedEvents): void {
    this.#events = events;
  }

  /** Whether the component's files are those that were loaded. */
  async isCurrent(): Promise<boolean> {
    return (await versionOf(this.#workload)) === this.#version;
  }

  /** Deletes what the component has stored, or could find. */
  async empty(): Promise<void> {
    await this.stores.empty();
    await this.blobs.empty();
  }

  /** Ends everything; in-flight requests fail because the host is closed. */
  async close(): Promise<void> {
    this.stores.shut();
    this.blobs.shut();
    // The last one first; each also where those before have failed.
    await using ends = new AsyncDisposableStack();
    ends.defer(() => this.data.remove());
    ends.defer(() => this.stores.close(this.isUsed));
    ends.defer(() => this.blobs.close(this.isUsed));
    ends.defer(() => this.host.close());
  }

  #tellRefused(client: RefusedClient): void {
    this.#events?.refused(client);
    this.#events?.tell(`a request was refused with ${client.status}: ${client.reason}`);
  }

  #wear(text: string): void {
    this.isWorn = true;
    this.#events?.tell(text);
  }
}
