import { Worker } from 'node:worker_threads';
import type { GuestSignal } from '../../interfaces/otel/guest-signal.ts';
import { whyFailed, whyTrapped } from '../../runtime/outcome.ts';
import { noTrace, type PackedTrace } from '../../runtime/trace/packed-trace.ts';
import { type CallSpan, newCallSpan, type Propagated } from '../../runtime/trace/span-context.ts';
import { logLine } from '../../runtime/worker/guest-log.ts';
import type { TelemetrySettings } from '../../settings/telemetry-setting.ts';
import { reasonOf } from '../../shared/host-error.ts';
import { threadUrl } from '../../shared/thread-url.ts';
import { propagatedIn } from '../../triggers/http/propagated.ts';
import type { RequestReport } from '../../triggers/http/request-report.ts';
import { type DeliveryReport, whyNotHandled } from '../../triggers/messaging/delivery-report.ts';
import type { HostEvents } from '../host-events.ts';
import { failureOf, type ScheduleReport } from '../schedule-report.ts';
import type { FromTelemetry, TelemetryItem, TelemetryStart, ToTelemetry } from './messages.ts';

/** How many items wait for the thread, at most; further ones are left out and counted. */
const mostItems = 8192;
/** How much of it may be what components tell themselves, in bytes. */
const mostGuestBytes = 16 * 1024 * 1024;
/** So many are handed over at once, or what there is after so many milliseconds. */
const batch = 256;
const delay = 200;
/** How long the end may take, in milliseconds. */
const patience = 3000;
/** What the thread may have of memory, in MiB: what waits in it is bounded by numbers, and not each by its size. */
const mostMemory = 256;

/**
 * Tells a receiver of OpenTelemetry's protocol what a host and its component do. What that takes has a thread of its own, so that
 * nothing of it holds up requests or the end of the process: a receiver that is away, slow or frozen costs what is told, and no more.
 */
export class Telemetry {
  readonly #settings: TelemetrySettings;
  readonly #warn: (text: string) => void;
  readonly #thread: Worker;
  readonly #ended = Promise.withResolvers<void>();
  /** What the requests under way say of their traces, by their numbers, for those that no component sees. */
  readonly #propagated = new Map<number, Propagated>();
  #items: TelemetryItem[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** How many items the thread has not taken yet. */
  #untaken = 0;
  /** How much of that is what components tell, in bytes: in all, in what is gathered, and in each batch that was handed over. */
  #guestBytes = 0;
  #batchBytes = 0;
  readonly #bytesOfBatches: number[] = [];
  #active = 0;
  #refused = 0;
  #dropped = 0;
  #isOver = false;

  /** @param name of the component @param warn tells the user */
  constructor(settings: TelemetrySettings, name: string, warn: (text: string) => void) {
    this.#settings = settings;
    this.#warn = warn;
    this.#thread = new Worker(threadUrl('thread/thread', import.meta.url), {
      workerData: { settings, name } satisfies TelemetryStart,
      resourceLimits: { maxOldGenerationSizeMb: mostMemory },
      name: 'kvasi telemetry',
    });
    this.#thread.unref();
    this.#thread.on('message', (message: FromTelemetry) => this.#receive(message));
    this.#thread.on('error', (error) => {
      if (!this.#isOver) warn(`telemetry is not sent any more: ${reasonOf(error)}`);
      this.#over();
    });
    this.#thread.on('exit', () => this.#over());
  }

  /** The events of a host, which go on to whoever heard them before. */
  events(next: HostEvents): HostEvents {
    const told: Partial<HostEvents> = {
      arrived: (request, response, number) => {
        this.#active += 1;
        this.#propagated.set(number, propagatedIn(request.rawHeaders));
        next.arrived?.(request, response, number);
      },
      request: (report) => {
        this.#request(report);
        next.request(report);
      },
      scheduled: (report) => {
        this.#scheduled(report);
        next.scheduled?.(report);
      },
      delivered: (report) => {
        this.#delivered(report);
        next.delivered?.(report);
      },
      refused: (refusal) => {
        this.#refused += 1;
        next.refused(refusal);
      },
      log: (request, log) => {
        this.#add({ type: 'log', time: now(), request, ...log });
        return next.log === undefined ? next.print(request, 'stderr', logLine(log)) : next.log(request, log);
      },
      warning: (text) => {
        this.#say('warn', text);
        next.warning(text);
      },
      crash: (error) => {
        this.#say('error', `the worker broke down: ${reasonOf(error)}`);
        next.crash(error);
      },
      fault: (error) => {
        this.#say('error', `a fault of kvasi: ${reasonOf(error)}`);
        next.fault(error);
      },
      replaced: () => {
        this.#say('warn', 'the component keeps its worker busy; other requests are served by a new one');
        next.replaced();
      },
    };
    // What else there is to hear goes on as it is, whoever adds to it.
    return new Proxy(next, {
      get(target, name) {
        if (Object.hasOwn(told, name)) return Reflect.get(told, name);
        const heard: unknown = Reflect.get(target, name);
        return typeof heard === 'function' ? heard.bind(target) : heard;
      },
    });
  }

  /** A component tells something itself. @param size in bytes @param dropped how much more it has told that was left out */
  guest(signal: GuestSignal, size: number, dropped: number): void {
    this.#dropped += dropped;
    if (this.#guestBytes + size > mostGuestBytes) {
      this.#dropped += 1;
      return;
    }
    this.#guestBytes += size;
    this.#batchBytes += size;
    this.#add(signal);
  }

  /** Sends what there is, as far as that is possible in a few seconds. */
  async close(): Promise<void> {
    if (!this.#isOver) {
      this.#flush();
      this.#post({ type: 'end' });
      // Somebody awaits this.
      const timer = setTimeout(() => this.#ended.resolve(), patience);
      await this.#ended.promise;
      clearTimeout(timer);
    }
    this.#over();
    await this.#thread.terminate();
  }

  #request(report: RequestReport): void {
    const { request: number, method, path, status, milliseconds, operations, trap } = report;
    this.#active -= 1;
    const propagated = this.#propagated.get(number);
    this.#propagated.delete(number);
    const reason = whyFailed(report);
    this.#call(operations, propagated, {
      kind: 'request',
      milliseconds,
      request: { method, path, status },
      ...(reason === undefined ? {} : { failure: reason }),
    });
    if (trap !== undefined) this.#say('error', `${method} ${path}: ${whyTrapped(trap)}`);
  }

  #scheduled(report: ScheduleReport): void {
    const failure = failureOf(report);
    const { schedule, milliseconds, operations } = report;
    this.#call(operations, undefined, {
      kind: 'run',
      milliseconds,
      schedule,
      ...(failure === undefined ? {} : { failure }),
    });
  }

  #delivered(report: DeliveryReport): void {
    const failure = whyNotHandled(report);
    const { subject, component, size, milliseconds, operations } = report;
    this.#call(operations, undefined, {
      kind: 'message',
      milliseconds,
      message: { subject, component, size },
      ...(failure === undefined ? {} : { failure }),
    });
  }

  #call(
    { span: made, ...operations }: PackedTrace,
    propagated: Propagated | undefined,
    call: Omit<Extract<TelemetryItem, { type: 'call' }>, 'type' | 'ended' | 'operations' | 'span'>,
  ): void {
    const span: CallSpan = made ?? newCallSpan(propagated, this.#settings.sampling);
    const isEmpty = operations.numbers.length === 0;
    this.#add({ type: 'call', ended: now(), operations: isEmpty ? noTrace : operations, span, ...call });
  }

  #say(level: 'warn' | 'error', message: string): void {
    this.#add({ type: 'log', time: now(), level, message });
  }

  #add(item: TelemetryItem): void {
    if (this.#isOver) return;
    if (this.#untaken + this.#items.length >= mostItems) {
      this.#dropped += 1;
      return;
    }
    this.#items.push(item);
    if (this.#items.length >= batch) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), delay).unref();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isOver || this.#items.length === 0) return;
    const load = {
      type: 'load',
      activeRequests: this.#active,
      refused: this.#refused,
      dropped: this.#dropped,
    } as const;
    const items = [...this.#items, load];
    this.#items = [];
    this.#untaken += items.length;
    this.#bytesOfBatches.push(this.#batchBytes);
    this.#batchBytes = 0;
    this.#post({ type: 'items', items });
  }

  #post(message: ToTelemetry): void {
    this.#thread.postMessage(message);
  }

  #receive(message: FromTelemetry): void {
    if (message.type === 'taken') {
      this.#untaken -= message.items;
      this.#guestBytes -= this.#bytesOfBatches.shift() ?? 0;
    } else if (message.type === 'tell') this.#warn(message.text);
    else this.#ended.resolve();
  }

  #over(): void {
    this.#isOver = true;
    this.#items = [];
    clearTimeout(this.#timer);
    this.#ended.resolve();
  }
}

/** Milliseconds since 1970, as exact as the clock of the workers. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
