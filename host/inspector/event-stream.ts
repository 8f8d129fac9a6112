import type { RequestLog, RequestRecord } from './request-log.ts';

/** How often a stream tells what is new, in milliseconds. */
const interval = 100;
/** How many requests are told at a time; of more the last ones. */
const mostAtOnce = 200;
/** Something is sent at least so often, so that a client that has gone is noticed, in milliseconds. */
const heartbeat = 15_000;

/** Server-sent events with the requests that end from now on. */
export async function* eventStream(log: RequestLog, signal: AbortSignal): AsyncGenerator<string> {
  let waiting: RequestRecord[] = [];
  let missed = 0;
  const news = new Signal();
  const stop = log.listen((record) => {
    waiting.push(record);
    if (waiting.length > mostAtOnce * 2) missed += waiting.splice(0, mostAtOnce).length;
    news.wake();
  });
  const abort = () => news.wake();
  signal.addEventListener('abort', abort);
  try {
    yield ': kvasi\n\n';
    while (!signal.aborted) {
      if (waiting.length === 0) await news.within(heartbeat);
      else await new Promise((resolve) => setTimeout(resolve, interval));
      if (signal.aborted) return;
      if (waiting.length === 0) {
        yield ': still here\n\n';
        continue;
      }
      const requests = waiting.slice(-mostAtOnce);
      missed += waiting.length - requests.length;
      waiting = [];
      yield `event: requests\ndata: ${JSON.stringify({ requests, missed })}\n\n`;
      missed = 0;
    }
  } finally {
    stop();
    signal.removeEventListener('abort', abort);
  }
}

/** Something that can be waited for, but not for ever. */
class Signal {
  #wake: (() => void) | undefined;

  wake(): void {
    this.#wake?.();
  }

  async within(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
