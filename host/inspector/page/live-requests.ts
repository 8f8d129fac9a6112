import { useEffect, useState } from 'preact/hooks';
import type { RequestInfo, RequestList } from '../api/schemas.ts';
import { read } from './api.ts';

/** How many requests are kept, as the host keeps them. */
const mostRequests = 1000;

/** The last requests, and whether more are heard of. */
export interface Live {
  readonly requests: readonly RequestInfo[];
  readonly state: 'connecting' | 'live' | 'lost';
}

let live: Live = { requests: [], state: 'connecting' };
const listeners = new Set<() => void>();

/** Follows the requests of the host, and finds it again when it was started again. */
export function followRequests(): void {
  const source = new EventSource('/api/v1/events');
  source.addEventListener('open', () => {
    set({ ...live, state: 'live' });
    // What ended before the stream began, or while it was broken.
    read<RequestList>('requests').then(
      ({ requests }) => {
        const first = requests[0]?.id ?? 0;
        const isSameHost = live.requests.some(({ id, time }) =>
          requests.some((one) => one.id === id && one.time === time),
        );
        add(requests, isSameHost ? live.requests.filter(({ id }) => id < first) : []);
      },
      () => {},
    );
  });
  source.addEventListener('error', () => {
    set({ ...live, state: 'lost' });
    // The browser gives up for good after some answers; a host that is started again is worth a try.
    if (source.readyState === EventSource.CLOSED) setTimeout(followRequests, 1000);
  });
  source.addEventListener('requests', (event: MessageEvent<string>) => {
    add((JSON.parse(event.data) as RequestList).requests, live.requests);
  });
}

/** The requests, the oldest first, followed as they end. */
export function useLive(): Live {
  const [, redraw] = useState(0);
  useEffect(() => {
    const listener = (): void => redraw((count) => count + 1);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return live;
}

function add(more: readonly RequestInfo[], before: readonly RequestInfo[]): void {
  const known = new Set(before.map(({ id }) => id));
  const requests = [...before, ...more.filter(({ id }) => !known.has(id))].slice(-mostRequests);
  set({ ...live, requests });
}

function set(next: Live): void {
  live = next;
  for (const listener of listeners) listener();
}
