import { basename, extname } from 'node:path';
import { Document } from 'yaml';
import type { TappedExchange } from '../../../triggers/http/tap-exchange.ts';
import { written } from '../bytes.ts';
import type { Buckets } from '../scenario.ts';
import { recordedStep } from './recorded-step.ts';
import type { OutsideWrite } from './watched-stores.ts';

/** What was done with a component by hand, on its way to being a scenario. */
export class Recording {
  readonly #file: string;
  readonly #host: Readonly<Record<string, unknown>>;
  readonly #before: Buckets<Uint8Array>;
  /** Whether keys expire, so that the time between requests matters. */
  readonly #isTimed: boolean;
  readonly #exchanges: TappedExchange[] = [];
  readonly #writes: OutsideWrite[] = [];

  /**
   * @param file absolute path of the file to be
   * @param host how the component is run, as the file writes it
   * @param before what the buckets hold
   */
  constructor(
    file: string,
    host: Readonly<Record<string, unknown>>,
    before: Buckets<Uint8Array>,
    isTimed: boolean,
  ) {
    this.#file = file;
    this.#host = host;
    this.#before = before;
    this.#isTimed = isTimed;
  }

  /** Requests so far. */
  get requests(): number {
    return this.#exchanges.length;
  }

  add(exchange: TappedExchange): void {
    this.#exchanges.push(exchange);
  }

  write(write: OutsideWrite): void {
    this.#writes.push(write);
  }

  /** The file of scenarios. */
  text(after: Buckets<Uint8Array>): string {
    const name = basename(this.#file, extname(this.#file));
    const before = recordedBuckets(this.#before);
    const document = new Document({
      ...this.#host,
      scenarios: [
        {
          name,
          ...(Object.keys(before).length > 0 ? { before } : {}),
          steps: this.#steps(),
          after: recordedBuckets(after),
        },
      ],
    });
    document.commentBefore = ` Recorded by kvasi dev --record; kvasi test ${basename(this.#file)} runs it on every backend.`;
    return document.toString({ lineWidth: 0 });
  }

  #steps(): Record<string, unknown>[] {
    const events = [
      ...this.#exchanges.map((exchange) => ({
        began: exchange.began,
        ended: exchange.ended,
        step: recordedStep(exchange),
      })),
      ...this.#writes.map(({ bucket, key, value, time }) => ({
        began: time,
        ended: time,
        step: { write: { [bucket]: { [key]: value === undefined ? null : written(value) } } },
      })),
    ].sort((a, b) => a.began - b.began);
    let last = events[0]?.began ?? 0;
    return events.flatMap(({ began, ended, step }): Record<string, unknown>[] => {
      const pause = Math.round(began - last);
      last = Math.max(last, ended);
      return this.#isTimed && pause > 0 ? [{ advance: `${pause}ms` }, step] : [step];
    });
  }
}

function recordedBuckets(buckets: Buckets<Uint8Array>): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    [...buckets].map(([bucket, entries]) => {
      const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
      return [bucket, Object.fromEntries(sorted.map(([key, value]) => [key, written(value)]))];
    }),
  );
}
