import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.ts';
import { control } from './exchange.ts';
import { type HostileHost, type Rest, requestTimeout } from './hostile-host.ts';

const mebibyte = 1024 * 1024;
/** How long a host may take to come to rest, in milliseconds: a thread that is found to be busy is followed by more for ten seconds. */
const restWithin = requestTimeout + 17_000;
/** How often it is looked at, in milliseconds. */
const lookEvery = 500;
/** The main thread and the guest's. */
const usualThreads = 2;

/**
 * How much more may be held from the second third of the rests to the last, in bytes.
 *
 * What an allocator and a compiler keep grows at first and then no more, in whatever a program does. What leaks grows in the last third
 * as it did before: 200 bytes of each of a hundred thousand exchanges are 8 MB more. Of resident memory some rests hold 40 MB more than
 * others, without a trend: it has to be more than at any rest of the second third, too.
 */
const growth = { heap: 2 * mebibyte, resident: 8 * mebibyte } as const;
/** Of two rests, which tell nothing of how it goes on: how much more the second may hold. */
const difference = { heap: 8 * mebibyte, resident: 64 * mebibyte } as const;

/** Waits until no connection of a client is left, no more threads than usual, and no memory is given back any more. */
export async function atRest(host: HostileHost): Promise<Rest> {
  const deadline = performance.now() + restWithin;
  let least = Number.POSITIVE_INFINITY;
  for (;;) {
    const rest = await host.rest();
    const isFalling = rest.residentBytes < least - mebibyte;
    least = Math.min(least, rest.residentBytes);
    const isOver = connectionsOf(rest) === 0 && rest.held.length <= usualThreads && !isFalling;
    if (isOver || performance.now() > deadline) return rest;
    if (rest.held.length > usualThreads) await nudge(host);
    await sleep(lookEvery);
  }
}

/** A host ends threads that it does not need any more when it has something to do. */
async function nudge(host: HostileHost): Promise<void> {
  using connection = await Connection.open(host.port);
  await control(connection);
}

/** What the rests of a host, one after each part of the exchanges, show to leak. */
export function leaksOf(rests: readonly Rest[]): string[] {
  const [first] = rests;
  const last = rests.at(-1);
  if (first === undefined || last === undefined) return [];
  const leaks: string[] = [];
  const more = (what: string, before: number, after: number, allowed: number): void => {
    if (after - before > allowed) leaks.push(`${what}: ${before} before, ${after} afterwards`);
  };
  const third = Math.floor(rests.length / 3);
  const [earlier, later, allowed] =
    third === 0
      ? [[first], [last], difference]
      : [rests.slice(third, 2 * third), rests.slice(rests.length - third), growth];
  const resident = least(later, residentOf);
  if (third === 0 || resident > most(earlier, residentOf))
    more('bytes of memory', least(earlier, residentOf), resident, allowed.resident);
  more('bytes of the heaps', least(earlier, heapOf), least(later, heapOf), allowed.heap);
  // A thread for a component that computed for ever may still be there, or the pool of Node's have grown.
  more('threads of the system', first.threads, last.threads, 8);
  more('workers', first.held.length, last.held.length, 0);
  more('connections', connectionsOf(first), connectionsOf(last), 0);
  for (const [name, count] of resourcesOf(last)) more(name, resourcesOf(first).get(name) ?? 0, count, 2);
  return leaks;
}

export function describeRest(rest: Rest): string {
  const mebibytes = (bytes: number): string => `${(bytes / mebibyte).toFixed(1)} MiB`;
  const resources = [...resourcesOf(rest)].map(([name, count]) => `${count} ${name}`).join(', ');
  return `${mebibytes(rest.residentBytes)}, heaps ${mebibytes(heapOf(rest))}, ${rest.threads} threads, ${rest.sockets} sockets, ${resources}`;
}

/** Memory that is not given back yet makes some rests higher than others. */
function least(rests: readonly Rest[], of: (rest: Rest) => number): number {
  return Math.min(...rests.map(of));
}

function most(rests: readonly Rest[], of: (rest: Rest) => number): number {
  return Math.max(...rests.map(of));
}

function residentOf({ residentBytes }: Rest): number {
  return residentBytes;
}

function heapOf({ held }: Rest): number {
  return held.reduce((sum, { heap }) => sum + heap, 0);
}

function resourcesOf({ held }: Rest): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { resources } of held) {
    for (const [name, count] of Object.entries(resources)) sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return sums;
}

function connectionsOf(rest: Rest): number {
  return resourcesOf(rest).get('TCPSocketWrap') ?? 0;
}
