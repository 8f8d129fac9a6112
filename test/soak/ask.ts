import { Agent, get } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 10_000 });

/** How a request ended. */
export interface Asked {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly milliseconds: number;
}

/** Sends a GET, and waits for the whole answer for no longer than `patience` milliseconds. */
export function ask(
  url: string,
  patience = 60_000,
  headers: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const started = performance.now();
  return new Promise((resolve) => {
    const end = (status: number): void => {
      clearTimeout(timer);
      resolve({ status, milliseconds: performance.now() - started });
    };
    const request = get(url, { agent, headers }, (response) => {
      response.resume();
      response.once('end', () => end(response.statusCode ?? 0));
      response.once('error', () => end(0));
    });
    request.once('error', () => end(0));
    const timer = setTimeout(() => request.destroy(), patience);
  });
}

/** A percentile of how long requests took, in milliseconds; from 0 to 1. */
export function percentile(asked: readonly Asked[], share: number): number {
  const sorted = asked.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
