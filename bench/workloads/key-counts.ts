import { askFor } from '../ask.ts';
import type { Contender } from '../contenders/contender.ts';
import { kvasi } from '../contenders/kvasi.ts';
import { nodeHttp } from '../contenders/node-http.ts';
import type { Entrant, LoadWorkload } from './workload.ts';

/** So many at a time, so that no request takes long. */
const batch = 1000;

const counts = [1_000, 10_000, 100_000, 1_000_000] as const;

const entrants: readonly Entrant[] = [...counts.map((count) => filled(kvasi, count)), filled(nodeHttp, 1000)];

/** How the number of keys tells; the first row is kvasi with a thousand. */
export const keyCountWorkloads: readonly LoadWorkload[] = [
  {
    name: 'keys-get',
    title: 'kv GET by number of keys in memory',
    component: 'bench',
    request: { method: 'GET', path: '/get?key=key-0000500' },
    expected: 'value 500',
    connections: [16],
    entrants,
  },
  {
    name: 'keys-list',
    title: 'list-keys, one page, by number of keys in memory',
    component: 'bench',
    request: { method: 'GET', path: '/list' },
    expected: '1000 keys\n',
    connections: [16],
    entrants,
  },
];

/** The row of kvasi with so many keys. */
export function keyCountLabel(contender: Contender, count: number): string {
  return `${contender.name}, ${count.toLocaleString('en')} keys`;
}

function filled(contender: Contender, count: number): Entrant {
  return {
    label: keyCountLabel(contender, count),
    contender,
    prepare: (url) => fillKeys(url, count),
  };
}

/** Gives a server so many keys with short values. */
export async function fillKeys(url: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += batch) {
    await askFor(`${url}/fill?from=${from}&count=${batch}`);
  }
}
