import { EventEmitter } from 'node:events';
import { type GuestLog, logLine } from '../runtime/worker/guest-log.ts';
import { HostError, reasonOf } from '../shared/host-error.ts';
import { isInProcess } from '../triggers/http/in-process/in-process-server.ts';
import type { RefusedClient } from '../triggers/http/refusal.ts';
import type { RequestReport } from '../triggers/http/request-report.ts';
import type { ServedRequest, ServedResponse } from '../triggers/http/served-message.ts';
import type { ChangeReport } from '../triggers/keyvalue-watch/change-report.ts';
import type { DeliveryReport } from '../triggers/messaging/delivery-report.ts';
import type { HostEventMap } from './host-event-map.ts';
import type { HostEvents } from './host-events.ts';
import { messageDeliveryOf } from './message-delivery.ts';
import { requestEventOf } from './reported-request.ts';
import type { RequestEvent } from './request-event.ts';
import type { ScheduleReport } from './schedule-report.ts';
import { scheduleRunOf } from './schedule-run.ts';
import { watchedChangeOf } from './watched-change.ts';

/** Tells the listeners of a host. Warnings and faults that nobody listens for are warnings of the process. */
export class HostEmitter implements HostEvents {
  readonly #emitter = new EventEmitter<HostEventMap>();
  /** The in-flight requests that came without a port. */
  readonly #inFlight = new Map<number, PromiseWithResolvers<RequestEvent | undefined>>();

  on<Name extends keyof HostEventMap>(name: Name, listener: (...args: HostEventMap[Name]) => void): void {
    this.#emitter.on(name, listener as () => void);
  }

  once<Name extends keyof HostEventMap>(name: Name, listener: (...args: HostEventMap[Name]) => void): void {
    this.#emitter.once(name, listener as () => void);
  }

  off<Name extends keyof HostEventMap>(name: Name, listener: (...args: HostEventMap[Name]) => void): void {
    this.#emitter.off(name, listener as () => void);
  }

  /** Resolves when a request has ended that came without a port; with undefined where nothing is known of it. */
  async ended(request: number): Promise<RequestEvent | undefined> {
    return await this.#inFlight.get(request)?.promise;
  }

  /** Nobody is to wait any more. */
  close(): void {
    for (const { resolve } of this.#inFlight.values()) resolve(undefined);
    this.#inFlight.clear();
  }

  arrived(request: ServedRequest, _: ServedResponse, number: number): void {
    if (isInProcess(request)) this.#inFlight.set(number, Promise.withResolvers());
  }

  request(report: RequestReport): void {
    const inFlight = this.#inFlight.get(report.request);
    if (inFlight === undefined && this.#emitter.listenerCount('request') === 0) return;
    const event = requestEventOf(report);
    this.#emit('request', event);
    inFlight?.resolve(event);
    this.#inFlight.delete(report.request);
  }

  refused({ status, reason, method, path }: RefusedClient): void {
    this.#emit('refused', {
      status,
      reason,
      ...(method === undefined ? {} : { method }),
      ...(path === undefined ? {} : { path }),
    });
  }

  print(request: number, stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    if (this.#emitter.listenerCount('print') === 0) return;
    // A copy, because whoever wrote it may use the memory again.
    this.#emit('print', { request, stream, bytes: Uint8Array.from(bytes) });
  }

  log(request: number, log: GuestLog): void {
    if (this.#emitter.listenerCount('print') === 0) return;
    this.#emit('print', { request, stream: 'stderr', bytes: logLine(log), log });
  }

  printedBy(service: string, stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    if (this.#emitter.listenerCount('print') === 0) return;
    this.#emit('print', { request: 0, service, stream, bytes: Uint8Array.from(bytes) });
  }

  scheduled(report: ScheduleReport): void {
    if (this.#emitter.listenerCount('schedule') > 0) this.#emit('schedule', scheduleRunOf(report));
  }

  delivered(report: DeliveryReport): void {
    if (this.#emitter.listenerCount('message') > 0) this.#emit('message', messageDeliveryOf(report));
  }

  changed(report: ChangeReport): void {
    if (this.#emitter.listenerCount('change') > 0) this.#emit('change', watchedChangeOf(report));
  }

  warning(text: string): void {
    if (this.#emitter.listenerCount('warning') > 0) this.#emit('warning', text);
    else process.emitWarning(text, 'kvasi');
  }

  replaced(): void {
    this.warning('the component keeps its worker busy; other requests are served by a new one');
  }

  crash(cause: unknown): void {
    this.#fault(new HostError('internal', `a worker broke down: ${reasonOf(cause)}`, { cause }));
  }

  fault(cause: unknown): void {
    this.#fault(new HostError('internal', `a fault of kvasi: ${reasonOf(cause)}`, { cause }));
  }

  #fault(error: HostError): void {
    if (this.#emitter.listenerCount('fault') > 0) this.#emit('fault', error);
    else process.emitWarning(error);
  }

  /** What a listener throws is its program's affair, and no reason to end a request. */
  #emit<Name extends keyof HostEventMap>(name: Name, ...args: HostEventMap[Name]): void {
    try {
      (this.#emitter as EventEmitter).emit(name, ...args);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
