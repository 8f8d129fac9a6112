import { messageDeliveryOf } from '../composition/message-delivery.ts';
import type { HostOperation } from '../composition/request-event.ts';
import { type ScheduleRun, scheduleRunOf } from '../composition/schedule-run.ts';
import { keyvalueOperations } from '../interfaces/keyvalue/operations.ts';
import { recordsOf } from '../interfaces/traced-operations.ts';
import type { Step } from '../runtime/fault-injection/schedule.ts';
import { whyFailed } from '../runtime/outcome.ts';
import type { PackedTrace } from '../runtime/trace/packed-trace.ts';
import { MessagesLog } from './messages/messages-log.ts';
import { RequestRecords } from './requests/request-records.ts';
import type { ServedComponent } from './served-component.ts';

/** What a host has told since its start, or since it was cleared. */
export class HostLog {
  readonly requests: RequestRecords;
  /** The operations of the requests whose handlers have ended, in order. */
  operations: HostOperation[] = [];
  /** The scheduled runs that have ended, in order. */
  scheduled: ScheduleRun[] = [];
  /** The messages that were published. */
  readonly messages = new MessagesLog((report) =>
    messageDeliveryOf(report, report.request === 0 ? 0 : this.requests.numberOf(report.request)),
  );
  /** What the component printed, and what the host had to say. */
  output = '';
  /** Told each operation that is made in the order of a schedule. */
  onStep: (step: Step) => void = () => {};
  readonly #served: ServedComponent;
  readonly #decoder = new TextDecoder();

  /** @param served tells this one from now on, and nobody else */
  constructor(served: ServedComponent) {
    this.#served = served;
    this.requests = new RequestRecords(served.host.lastRequest);
    served.host.messages.watch = this.messages;
    served.tellTo({
      began: (request) => this.requests.begin(request),
      request: (report) => this.requests.end(report),
      handled: (request, operations) => this.#note(request, operations),
      scheduled: (report) => this.scheduled.push(scheduleRunOf(report)),
      print: (request, stream, bytes) => {
        this.output += this.#decoder.decode(bytes, { stream: true });
        this.requests.print(request, stream, bytes);
      },
      delivered: (report) => this.#note(report.request, report.operations),
      changed: (report) => {
        this.#note(report.request, report.operations);
        const reason = whyFailed(report);
        if (reason !== undefined) this.tell(`${report.component} was not told of ${report.key}: ${reason}`);
      },
      tell: (text) => this.tell(text),
      step: (step) => this.onStep(step),
      refused: (client) => this.requests.refuse(client),
    });
  }

  /** The host has something to say. */
  tell(text: string): void {
    this.output += `${text}\n`;
  }

  /** Forgets all of it. */
  clear(): void {
    this.requests.clear(this.#served.host.lastRequest);
    this.operations = [];
    this.scheduled = [];
    this.messages.clear();
    this.output = '';
  }

  #note(request: number, packed: PackedTrace): void {
    const records = recordsOf(packed);
    for (const { operation, target, error } of records) {
      const isOpened = operation === keyvalueOperations.operations.open && error === undefined;
      if (isOpened) this.#served.stores.opened(target);
    }
    for (const operation of this.requests.operationsOf(request, records)) {
      if (operation.request > 0) this.operations.push(operation);
    }
  }
}
