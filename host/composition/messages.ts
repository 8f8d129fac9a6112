import type { LoadedComponent } from '../component/load.ts';
import type { BrokerSettings } from '../interfaces/messaging/broker-settings.ts';
import type {
  Carrier,
  CarrierOwner,
  CarrierSettings,
  MessageHandler,
} from '../interfaces/messaging/carrier.ts';
import { handlerRules } from '../interfaces/messaging/handler-rules.ts';
import type { Message } from '../interfaces/messaging/message.ts';
import type { MessagingPool } from '../interfaces/messaging/messaging-pool.ts';
import { noTrace } from '../runtime/trace/packed-trace.ts';
import type { Invocation } from '../runtime/worker-pool/invocation.ts';
import type { Limits } from '../settings/limits.ts';
import type { TextMap } from '../settings/text-map.ts';
import { Delivery } from '../triggers/messaging/delivery.ts';
import type { DeliveryReport } from '../triggers/messaging/delivery-report.ts';
import type { HostEvents } from './host-events.ts';

/** How many bytes of messages may wait for one component. */
const mostQueuedBytes = 64 * 1024 * 1024;

/** Who has messages handled. */
export interface MessagesOwner {
  /** Counts the calls of the host. */
  nextNumber(): number;
  dispatch(invocation: Invocation): void;
}

/** Who is told. */
export type MessagesEvents = Pick<HostEvents, 'warning' | 'delivered'>;

/** What becomes of messages, for a test. */
export interface MessageWatch extends Required<Pick<CarrierOwner, 'sent' | 'came' | 'dropped'>> {
  delivered(message: Message, report: DeliveryReport): void;
}

/** The messages of a host: what the broker brings is handled by the components that have subscribed to it. */
export class Messages {
  readonly #pool: MessagingPool;
  readonly #owner: MessagesOwner | undefined;
  readonly #events: MessagesEvents;
  readonly #mostInFlight: number;
  #handlers: readonly MessageHandler[] = [];
  /** A test's. */
  watch: MessageWatch | undefined;

  /** @param owner undefined where messages are only sent */
  constructor(
    pool: MessagingPool,
    settings: Pick<CarrierSettings, 'broker'> & { readonly limits: Limits },
    owner: MessagesOwner | undefined,
    events: MessagesEvents,
  ) {
    const { broker, limits } = settings;
    this.#pool = pool;
    this.#owner = owner;
    this.#events = events;
    this.#mostInFlight = limits.messagesInFlight;
    pool.setUp(
      {
        broker,
        largestBody: limits.messageSize,
        queue: { messages: limits.queuedMessages, bytes: mostQueuedBytes },
      },
      {
        deliver: (component, message, waited, ended) => this.#deliver(component, message, waited, ended),
        came: (component, message) => this.watch?.came(component, message),
        sent: (message, isRequest) => this.watch?.sent(message, isRequest),
        dropped: (component, message, why) => this.watch?.dropped(component, message, why),
        tell: (text) => events.warning(text),
      },
    );
  }

  /** From now on the components of a program get messages. @param configOf what is configured for one of them */
  async serve(
    { handlers = [] }: Pick<LoadedComponent, 'handlers'>,
    configOf: (component: string) => TextMap,
  ): Promise<void> {
    this.#handlers = handlers.map(({ name }) => ({
      component: name,
      rules: handlerRules(configOf(name), `kvasi.${name}`, this.#mostInFlight, (text) =>
        this.#events.warning(`${name}: ${text}`),
      ),
    }));
    await this.#pool.serve(this.#handlers);
  }

  /** Another program takes over: what it has no handler for is not delivered any more. */
  async limitTo({ handlers = [] }: Pick<LoadedComponent, 'handlers'>): Promise<void> {
    const staying = this.#handlers.filter(({ component }) => handlers.some(({ name }) => name === component));
    if (staying.length < this.#handlers.length) await this.#pool.serve(staying);
  }

  /** What carries them. */
  carrier(): Promise<Carrier> {
    return this.#pool.carrier();
  }

  /** See `Carrier.retire`. */
  retire(): Promise<void> {
    return this.#pool.retire();
  }

  /** See `Carrier.finish`. */
  finish(): Promise<void> {
    return this.#pool.finish();
  }

  /** Drops what waits. */
  dropWaiting(): Promise<void> {
    return this.#pool.dropWaiting();
  }

  #deliver(component: string, message: Message, waited: number, ended: () => void): void {
    if (this.#owner === undefined) throw new TypeError('nothing handles messages here');
    const delivery = new Delivery(this.#owner.nextNumber(), component, message, waited, (report) => {
      ended();
      this.watch?.delivered(message, report);
      this.#events.delivered?.(report);
    });
    this.#owner.dispatch(delivery);
  }
}

/** What a message is reported as that no component was given. */
export function droppedReport(
  component: string,
  { subject, replyTo, body }: Message,
  why: string,
): DeliveryReport {
  return {
    ...{ request: 0, component, subject, replyTo, size: body.length, waited: 0, milliseconds: 0 },
    ...{ operations: noTrace, trap: undefined, disposition: undefined, failure: why },
  };
}

/** The broker of a host. In a test nothing of its messages leaves it. */
export function brokerOf(settings: {
  readonly messaging: BrokerSettings;
  readonly isIntercepted?: boolean;
}): BrokerSettings {
  return settings.isIntercepted === true ? { kind: 'in_memory' } : settings.messaging;
}
