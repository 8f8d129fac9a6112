import { askFor } from '../ask.ts';
import { kvasi, kvasiReuse } from '../contenders/kvasi.ts';
import { nodeHttp } from '../contenders/node-http.ts';
import type { Entrant, LoadWorkload } from './workload.ts';

const sizes = [
  ['64k', '64 KiB', 64 * 1024],
  ['256k', '256 KiB', 256 * 1024],
  ['1m', '1 MiB', 1024 * 1024],
] as const;

const entrants: readonly Entrant[] = [nodeHttp, kvasi, kvasiReuse].map((contender) => ({
  contender,
  prepare: async (url) => {
    for (const [name, , bytes] of sizes) {
      await askFor(`${url}/set`, 'POST', JSON.stringify({ key: name, value: letters(bytes) }));
    }
  },
}));

/** One value of many bytes. */
export const bigValueWorkloads: readonly LoadWorkload[] = sizes.map(([name, title, bytes]) => ({
  name: `value-${name}`,
  title: `kv GET of ${title} out of memory`,
  component: 'bench',
  request: { method: 'GET', path: `/get?key=${name}` },
  expected: letters(bytes),
  connections: [16],
  entrants,
}));

function letters(bytes: number): string {
  return 'abcdefghijklmnopqrstuvwxyz'.repeat(Math.ceil(bytes / 26)).slice(0, bytes);
}
