import type { WorkerContext } from '../../runtime/interface.ts';
import type { Operation } from '../../runtime/trace/operation.ts';
import type { Guest } from '../../runtime/worker/guest.ts';
import { Deadline } from '../../shared/deadline.ts';
import type { Message } from './message.ts';
import type { FromMessagingWorker, ToMessagingWorker } from './messages.ts';
import { MessagingError, type MessagingErrorCase } from './messaging-error.ts';
import { type MessagingOperationName, messagingOperations } from './operations.ts';
import { shown } from './subject.ts';

/** How many messages of one guest may be on their way to the broker, or wait for a reply. */
export const mostPending = 1000;
/** How long a request waits for its reply that does not say, in milliseconds. Source: wash, and the clients of NATS. */
const defaultTimeout = 10_000;

const { publish, request } = messagingOperations.operations;

interface Pending {
  resolve(reply: Message | undefined): void;
  reject(error: Error): void;
}

/** `wasmcloud:messaging` on a worker: the main thread has the broker. */
export class MessagingWorker {
  readonly #worker: WorkerContext;
  readonly #pending = new Map<number, Pending>();
  readonly #pendingOf = new WeakMap<Guest, number>();
  #lastId = 0;

  constructor(worker: WorkerContext) {
    this.#worker = worker;
  }

  /** Resolves when the broker has it. Rejects with a `MessagingError`, or with the reason for which the guest ends. */
  async publish(guest: Guest, message: Message): Promise<void> {
    await this.#make(guest, publish, message, undefined);
  }

  /** Gets the reply. @param timeout milliseconds; default: 10 s */
  async request(guest: Guest, message: Message, timeout = defaultTimeout): Promise<Message> {
    const reply = await this.#make(guest, request, message, timeout);
    if (reply === undefined) throw new TypeError('a request has ended without a reply');
    return reply;
  }

  receive(said: ToMessagingWorker): void {
    const pending = this.#pending.get(said.id);
    this.#pending.delete(said.id);
    if (said.type === 'failed') pending?.reject(new MessagingError(said.error, said.text));
    else pending?.resolve(said.type === 'reply' ? said.message : undefined);
  }

  async #make(
    guest: Guest,
    operation: Operation<MessagingOperationName>,
    message: Message,
    timeout: number | undefined,
  ): Promise<Message | undefined> {
    const started = performance.now();
    const trace = guest.trace.of(messagingOperations).current();
    let isNoted = false;
    const note = (error: string | undefined, reply?: Message): void => {
      if (isNoted) return;
      isNoted = true;
      const { subject, replyTo, body } = message;
      const values = operation === request ? [body.length, reply?.body.length] : [body.length];
      trace.note(operation, subject, replyTo, values, error, started);
    };
    const over = guest.trace.keepOpen(() => note('the component did not wait for it'));
    try {
      const reply = await this.#intercepted(guest, operation, message, timeout);
      note(undefined, reply);
      return reply;
    } catch (error) {
      note(error instanceof Error ? error.message : String(error));
      throw error;
    } finally {
      over();
    }
  }

  async #intercepted(
    guest: Guest,
    operation: Operation<MessagingOperationName>,
    message: Message,
    timeout: number | undefined,
  ): Promise<Message | undefined> {
    const { interceptor } = this.#worker;
    const send = (): Promise<Message | undefined> => this.#send(guest, message, timeout);
    if (interceptor?.isActive !== true) return await send();
    const what = `${operation.name} ${message.subject}`;
    return await interceptor.make(
      {
        request: guest.request,
        operation,
        target: message.subject,
        items: message.replyTo === undefined ? [] : [message.replyTo],
        failure: (error, text) => new MessagingError((error ?? 'other') as MessagingErrorCase, text),
        text: () => what,
        failedText: (reason) => `${what} → ${reason instanceof Error ? reason.message : 'failed'}`,
      },
      send,
    );
  }

  #send(guest: Guest, message: Message, timeout: number | undefined): Promise<Message | undefined> {
    const underWay = this.#pendingOf.get(guest) ?? 0;
    if (underWay >= mostPending) {
      throw new MessagingError(
        'quota-exceeded',
        `the component has ${mostPending} messages under way already; wait for some of them`,
      );
    }
    this.#pendingOf.set(guest, underWay + 1);
    this.#lastId += 1;
    const id = this.#lastId;
    const say = (said: FromMessagingWorker): void => this.#worker.post(said);
    const { promise, resolve, reject } = Promise.withResolvers<Message | undefined>();
    const giveUp = (reason: Error): void => {
      this.#pending.delete(id);
      say({ type: 'cancel', id });
      reject(reason);
    };
    this.#pending.set(id, { resolve, reject });
    say({ type: timeout === undefined ? 'publish' : 'request', id, message });
    const forget = guest.lifetime.onEnd(giveUp);
    const late = (): void =>
      giveUp(
        new MessagingError('timeout', `no reply from ${shown(message.subject)} came within ${timeout} ms`),
      );
    const deadline =
      timeout === undefined
        ? undefined
        : new Deadline(this.#worker.clock, BigInt(timeout) * 1_000_000n, late);
    return promise.finally(() => {
      forget();
      deadline?.clear();
      this.#pendingOf.set(guest, (this.#pendingOf.get(guest) ?? 1) - 1);
    });
  }
}
