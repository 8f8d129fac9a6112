import type { ServerResponse } from 'node:http';
import { requestInfo } from './request-info.ts';
import type { RequestLog, RequestRecord } from './request-log.ts';

/** How often streams tell what is new, in milliseconds. */
const interval = 100;
/** How many requests are told at a time; of more the last ones. */
const mostAtOnce = 200;
/** How long an event may be, as far as that can be reckoned, in bytes; of more the last ones are told. */
const longestEvent = 1024 * 1024;
/** Something is sent at least so often, so that a client that has gone is noticed, in milliseconds. */
const heartbeat = 15_000;
/** How many streams there are at most; with one more the oldest is closed. */
export const mostStreams = 32;
/** A stream whose client reads nothing for so long is closed, in milliseconds. */
const longestStall = 10_000;

/** A client that hears of requests as they end. */
interface Stream {
  readonly response: ServerResponse;
  /** How many requests it was not told of since the last event that it got. */
  missed: number;
  /** Since when it has not read what it was sent; undefined while it does. */
  stalled: number | undefined;
}

interface Waiting {
  readonly record: RequestRecord;
  readonly bytes: number;
}

/**
 * Server-sent events with the requests that end from now on, for any number of clients at the cost of one: an event is
 * made once for all. Nothing is kept for a client that does not read; it is told how much it has missed.
 */
export class EventStreams {
  readonly #log: RequestLog;
  /** In the order in which they came. */
  readonly #streams = new Set<Stream>();
  #waiting: Waiting[] = [];
  #missed = 0;
  #stop: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(log: RequestLog) {
    this.#log = log;
  }

  /** Tells a client from now on. Resolves when it has gone, or was closed. */
  async follow(response: ServerResponse): Promise<void> {
    const stream: Stream = { response, missed: 0, stalled: undefined };
    const [oldest] = this.#streams.size >= mostStreams ? this.#streams : [];
    oldest?.response.destroy();
    if (oldest !== undefined) this.#streams.delete(oldest);
    this.#streams.add(stream);
    this.#begin();
    response.on('drain', () => {
      stream.stalled = undefined;
    });
    response.write(': kvasi\n\n');
    try {
      await new Promise<void>((resolve) => response.once('close', resolve));
    } finally {
      this.#streams.delete(stream);
      if (this.#streams.size === 0) this.#end();
    }
  }

  #begin(): void {
    this.#stop ??= this.#log.listen((record, _, bytes) => this.#add({ record, bytes }));
    this.#heartbeat ??= setInterval(() => this.#send(': still here\n\n'), heartbeat).unref();
  }

  #end(): void {
    this.#stop?.();
    this.#stop = undefined;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
    this.#missed = 0;
  }

  #add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (this.#waiting.length > mostAtOnce * 2) this.#missed += this.#waiting.splice(0, mostAtOnce).length;
    this.#timer ??= setTimeout(() => this.#tell(), interval).unref();
  }

  #tell(): void {
    this.#timer = undefined;
    const all = this.#waiting;
    this.#waiting = [];
    let bytes = 0;
    let first = all.length;
    while (first > 0 && all.length - first < mostAtOnce) {
      bytes += all[first - 1]?.bytes ?? 0;
      if (bytes > longestEvent) break;
      first -= 1;
    }
    const missed = this.#missed + first;
    this.#missed = 0;
    const requests = all.slice(first).map(({ record }) => record);
    this.#send(eventOf(requests, missed), requests.length + missed);
  }

  /** @param count how many requests a client misses that is not sent this */
  #send(text: string, count = 0): void {
    const bytes = Buffer.from(text);
    const now = performance.now();
    for (const stream of this.#streams) {
      const { response } = stream;
      if (!response.writableNeedDrain) {
        if (stream.missed > 0) response.write(eventOf([], stream.missed));
        stream.missed = 0;
        response.write(bytes);
        continue;
      }
      stream.missed += count;
      stream.stalled ??= now;
      if (now - stream.stalled > longestStall) response.destroy();
    }
  }
}

function eventOf(requests: readonly RequestRecord[], missed: number): string {
  return `event: requests\ndata: ${JSON.stringify({ requests: requests.map(requestInfo), missed })}\n\n`;
}
