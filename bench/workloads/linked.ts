import { kvasi, kvasiLinked } from '../contenders/kvasi.ts';
import type { LoadWorkload } from './workload.ts';

/** kvasi with one component that was put together of two. */
export const kvasiComposed = 'kvasi, composed';

const entrants = [
  { contender: kvasi },
  { contender: kvasiLinked },
  { contender: kvasi, component: 'storefront-composed', label: kvasiComposed },
] as const;

/** A function of another component against the same one within. */
export const linkedWorkloads: readonly LoadWorkload[] = [
  {
    name: 'linked-call',
    title: 'a request with one call of another component, against the same in one',
    component: 'storefront-alone',
    request: { method: 'GET', path: '/quote?item=tea&count=12' },
    expected: '12 tea: 4860\n',
    connections: [16],
    entrants,
  },
  {
    name: 'linked-calls',
    title: 'a request with 20 calls of another component, against the same in one',
    component: 'storefront-alone',
    request: { method: 'GET', path: '/quotes?calls=20' },
    expected: '25650\n',
    connections: [16],
    entrants,
  },
];
