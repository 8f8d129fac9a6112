import type { Interceptor } from '../../runtime/fault-injection/interceptor.ts';
import type { Values } from '../../runtime/trace/attribute.ts';
import type { InterfaceTrace } from '../../runtime/trace/trace-log.ts';
import type { Guest } from '../../runtime/worker/guest.ts';
import type { MaybePromise } from '../../shared/maybe-promise.ts';
import { Signal } from '../../shared/signal.ts';
import { codeOf, type ErrorCode, isErrorCode } from './error-code.ts';
import { type SocketOperation, socketOperations } from './operations.ts';
import type { PrivateLoopback } from './private-loopback.ts';
import type { PublishedPort } from './published-port.ts';
import type { Quota } from './quota.ts';
import type { SocketPolicy } from './socket-policy.ts';

/** How many sockets an instance may have open, those of accepted connections with them. */
export const mostSockets = 1000;

/** What the sockets of one worker have in common. */
export interface SocketsOfWorker {
  readonly loopback: PrivateLoopback;
  readonly quota: Quota;
  readonly published: readonly PublishedPort[];
  readonly interceptor: Interceptor | undefined;
  /** Says something to the user, once. */
  tellOnce(text: string): void;
}

/** What is closed when its guest ends. */
export interface Closable {
  close(): void;
  /** Nobody waits for the guest any more: whoever waits for this is rejected. */
  abort(reason: Error): void;
}

/** The sockets of one guest. */
export class GuestSockets {
  readonly worker: SocketsOfWorker;
  readonly policy: SocketPolicy;
  readonly #guest: Guest;
  readonly #trace: Pick<InterfaceTrace, 'note' | 'current'>;
  readonly #room = new Signal();
  #open = 0;

  constructor(guest: Guest, worker: SocketsOfWorker, policy: SocketPolicy) {
    this.#guest = guest;
    this.worker = worker;
    this.policy = policy;
    this.#trace = guest.trace.of(socketOperations);
  }

  /** A command may listen; what answers requests may not, as in wash. */
  get mayListen(): boolean {
    return this.#guest.command !== undefined;
  }

  /** A socket is opened. Answers what is to be called when it is closed. Throws `new-socket-limit`. */
  opens(socket: Closable): () => void {
    if (this.#open >= mostSockets) throw 'new-socket-limit' satisfies ErrorCode;
    this.#open += 1;
    const forgetClose = this.#guest.holdings.keepOpen(() => socket.close());
    const forgetEnd = this.#guest.lifetime.onEnd((reason) => socket.abort(reason));
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#open -= 1;
      this.#room.notify();
      forgetClose();
      forgetEnd();
    };
  }

  /** Whether another one could be opened. */
  get hasRoom(): boolean {
    return this.#open < mostSockets;
  }

  /** Resolves when one was closed. */
  whenClosed(): Promise<void> {
    return this.#room.wait();
  }

  /** Calls back when nobody waits for the guest any more. The answer takes that back. */
  onEnd(callback: (reason: Error) => void): () => void {
    return this.#guest.lifetime.onEnd(callback);
  }

  /** Says why something was refused, and answers what the guest gets. @param what such as `TCP to 10.0.0.1:80` */
  denied(what: string, advice: string, code: ErrorCode = 'access-denied'): ErrorCode {
    this.worker.tellOnce(`${what} was denied; ${advice}`);
    return code;
  }

  /** Records an operation that has been made. */
  note(
    name: SocketOperation,
    target: string,
    values: Values,
    error: string | undefined,
    started: number,
  ): void {
    this.#trace.note(socketOperations.operations[name], target, undefined, values, error, started);
  }

  /** Makes an operation, and records it. Rejects with an `ErrorCode`, or with the reason for which the guest ends. */
  async perform<T>(
    name: SocketOperation,
    target: string,
    action: () => MaybePromise<T>,
    valuesOf: (result: T) => Values = () => [],
  ): Promise<T> {
    const started = performance.now();
    try {
      const result = await this.#intercepted(name, target, action);
      this.note(name, target, valuesOf(result), undefined, started);
      return result;
    } catch (thrown) {
      const code = isErrorCode(thrown) ? thrown : codeOf(thrown);
      this.note(name, target, [], code, started);
      throw code;
    }
  }

  #intercepted<T>(name: SocketOperation, target: string, action: () => MaybePromise<T>): MaybePromise<T> {
    const { interceptor } = this.worker;
    if (interceptor === undefined || !interceptor.isActive) return action();
    return interceptor.make(
      {
        request: this.#guest.request,
        operation: socketOperations.operations[name],
        target,
        items: [],
        failure: (error) => error ?? 'unknown',
        text: () => `${name} ${target}`,
        failedText: (reason) => `${name} ${target}: ${String(reason)}`,
      },
      action,
    );
  }
}
