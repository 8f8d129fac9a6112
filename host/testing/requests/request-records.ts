import { operationsOf, requestEventOf } from '../../composition/reported-request.ts';
import type { HostOperation } from '../../composition/request-event.ts';
import type { TraceRecord } from '../../runtime/trace/trace-record.ts';
import type { RefusedClient } from '../../triggers/http/refusal.ts';
import type { RequestReport } from '../../triggers/http/request-report.ts';
import { PrintedText } from './printed-text.ts';
import { RequestError } from './request-error.ts';
import type { HostRequest } from './request-record.ts';

type Printed = Readonly<Record<'stdout' | 'stderr', PrintedText>>;

/** What is kept of a request that has ended; it is made into a record when somebody asks. */
interface Ended {
  readonly report: RequestReport;
  printed: Printed | undefined;
  record?: HostRequest;
}

/** The requests of a host: those under way, and what became of the others. All are kept until the host is reset. */
export class RequestRecords {
  /** The number of the last request that is none of these. */
  #before: number;
  readonly #underWay = new Map<number, PromiseWithResolvers<Ended | undefined>>();
  readonly #printed = new Map<number, Printed>();
  #ended = new Map<number, Ended>();
  /** In the order in which they ended. */
  #all: (Ended | HostRequest)[] = [];
  #isClosed = false;
  /** The most requests that were under way at once. */
  mostAtOnce = 0;

  /** @param before the number of the last request that is none of these; they are counted from there */
  constructor(before: number) {
    this.#before = before;
  }

  begin(request: number): void {
    this.#underWay.set(request, Promise.withResolvers());
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay.size);
  }

  print(request: number, stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    if (request <= this.#before) return;
    const ended = this.#ended.get(request);
    const before = ended?.printed ?? this.#printed.get(request);
    const printed = before ?? { stdout: new PrintedText(), stderr: new PrintedText() };
    printed[stream].add(bytes);
    if (ended === undefined) this.#printed.set(request, printed);
    else {
      ended.printed = printed;
      delete ended.record;
    }
  }

  end(report: RequestReport): void {
    const { request } = report;
    const printed = this.#printed.get(request);
    this.#printed.delete(request);
    const ended: Ended = { report, printed };
    if (request > this.#before) {
      this.#ended.set(request, ended);
      this.#all.push(ended);
    }
    this.#underWay.get(request)?.resolve(ended);
    this.#underWay.delete(request);
  }

  /** A client was refused before there was a request. Answers its record. */
  refuse({ status, reason, method = '', path = '' }: RefusedClient): HostRequest {
    const record: HostRequest = {
      request: 0,
      method,
      path,
      status,
      milliseconds: 0,
      reason,
      backtrace: [],
      isRefused: true,
      operations: [],
      omittedOperations: 0,
      stdout: [],
      stderr: [],
      omittedOutput: 0,
    };
    this.#all.push(record);
    return record;
  }

  /** The operations of a request whose handler has ended, in order. */
  operationsOf(request: number, records: readonly TraceRecord[]): HostOperation[] {
    return operationsOf(records, this.numberOf(request));
  }

  /** A request, or a message, as these are counted; 0 or less where it is none of them. */
  numberOf(request: number): number {
    return request - this.#before;
  }

  /** Whether all that came has ended. */
  get isIdle(): boolean {
    return this.#underWay.size === 0;
  }

  /**
   * Resolves when a request has ended; with undefined where the host is closed before that, or nothing is known of it any more.
   * @param request undefined for one that was never taken for a request
   */
  async ended(request: number | undefined): Promise<HostRequest | undefined> {
    if (request === undefined) return undefined;
    const underWay = this.#isClosed ? undefined : this.#underWay.get(request);
    const ended = underWay === undefined ? this.#ended.get(request) : await underWay.promise;
    return ended === undefined ? undefined : this.#recordOf(ended);
  }

  /** Why there was no answer, or not all of it, when the request has ended. @param error what the client saw of that */
  async whyFailed(request: number | undefined, error: unknown): Promise<unknown> {
    const record = await this.ended(request);
    return record === undefined ? error : new RequestError(record, { cause: error });
  }

  /** Resolves when all have ended that are under way now. */
  async allEnded(): Promise<void> {
    await Promise.all([...this.#underWay.values()].map(({ promise }) => promise));
  }

  /** Those that have ended, in that order. */
  get all(): HostRequest[] {
    return this.#all.map((one) => ('report' in one ? this.#recordOf(one) : one));
  }

  /** Forgets all of them. @param before see the constructor */
  clear(before: number): void {
    this.#before = before;
    this.#ended = new Map();
    this.#all = [];
    this.#printed.clear();
    this.mostAtOnce = this.#underWay.size;
  }

  /** Nobody is to wait any more. */
  close(): void {
    this.#isClosed = true;
    for (const { resolve } of this.#underWay.values()) resolve(undefined);
  }

  #recordOf(ended: Ended): HostRequest {
    ended.record ??= recordOf(ended, this.#before);
    return ended.record;
  }
}

function recordOf({ report, printed }: Ended, before: number): HostRequest {
  return {
    ...requestEventOf(report, Math.max(0, report.request - before)),
    stdout: printed?.stdout.lines ?? [],
    stderr: printed?.stderr.lines ?? [],
    omittedOutput: (printed?.stdout.omitted ?? 0) + (printed?.stderr.omitted ?? 0),
  };
}
