import { Connection } from './connection.ts';
import { control, type Exchange, type Fault } from './exchange.ts';
import { HostileHost, type Rest, requestTimeout } from './hostile-host.ts';
import { minimize } from './minimize.ts';

export interface CampaignOptions {
  /** The exchange of a number. */
  readonly exchange: (number: number) => Exchange;
  readonly count: number;
  /** The number of the first one. Default: 0. */
  readonly from?: number;
  /** Told of what is found, and how far it is. */
  readonly say: (text: string) => void;
}

/** How often each kind of fault was found. */
export type Tally = Record<Fault['kind'], number>;

/** A fault, and the exchanges one of which has caused it. */
interface Found {
  readonly text: string;
  readonly suspects: readonly Exchange[];
}

/** How many exchanges are under way at a time. */
const concurrency = 32;
/** After so many faults it is given up. */
const mostFaults = 5;
/** How much more may be held at the end than after the first exchanges, in bytes. */
export const tolerance = { heap: 8 * 1024 * 1024, resident: 64 * 1024 * 1024 } as const;
/** How long a host may take to come to rest, in milliseconds. */
const restWithin = requestTimeout + 9000;
/** The share of the exchanges after which the host counts as warm. */
const warmUp = 0.1;

/** Has all these exchanges with one host, which must be as it was afterwards. */
export async function runCampaign({ exchange, count, from = 0, say }: CampaignOptions): Promise<Tally> {
  const tally: Tally = { crashed: 0, hung: 0, leaked: 0, wrong: 0 };
  const started = performance.now();
  await using hosts = new AsyncDisposableStack();
  let host = hosts.use(await HostileHost.start());
  let next = from;
  const end = from + count;
  const found: Found[] = [];
  const report = (kind: Fault['kind'], reason: string, suspects: readonly Exchange[]): void => {
    tally[kind] += 1;
    found.push({ text: `${kind}: ${reason}`, suspects });
  };
  const underWay = new Set<Exchange>();
  const haveUntil = async (stop: number): Promise<void> => {
    while (next < stop && !host.hasEnded && found.length < mostFaults) {
      const item = exchange(next);
      next += 1;
      underWay.add(item);
      const fault = await item.have(host.port, item.parts).catch(lost);
      if (host.hasEnded) return;
      const complaint = host.takeComplaint();
      if (complaint !== undefined) report('crashed', complaint, [item, ...underWay]);
      else if (fault !== undefined) report(fault.kind, `${item.name}: ${fault.reason}`, [item]);
      underWay.delete(item);
      if ((next - from) % 5000 === 0) say(progress(next - from, count, started));
    }
  };
  const haveAllUntil = async (stop: number): Promise<void> => {
    for (;;) {
      await Promise.all(Array.from({ length: concurrency }, () => haveUntil(stop)));
      if (!host.hasEnded) return;
      report('crashed', `the host has ended:\n${host.lastWords}`, [...underWay]);
      underWay.clear();
      if (found.length >= mostFaults) return;
      host = hosts.use(await HostileHost.start());
      warm = undefined;
    }
  };

  let warm: Rest | undefined;
  const warmEnd = from + Math.ceil(count * warmUp);
  await haveAllUntil(warmEnd);
  if (!host.hasEnded && found.length === 0) warm = await atRest(host);
  await haveAllUntil(end);
  if (next < end) say(`stopped after ${next - from} of ${count} exchanges: too many faults`);
  if (!host.hasEnded && warm !== undefined && next >= end) {
    const leaks = await leaksOf(host, warm, say);
    tally.leaked += leaks.length;
    for (const leak of leaks) say(`leaked: ${leak}`);
    using connection = await Connection.open(host.port);
    const fault = await control(connection);
    if (fault !== undefined) report(fault.kind, `at the end: ${fault.reason}`, []);
  }
  for (const { text, suspects } of found) say(`${text}\n${await minimize(suspects)}`);
  return tally;
}

function lost(error: unknown): Fault {
  return {
    kind: 'hung',
    reason: `the connection failed: ${error instanceof Error ? error.message : String(error)}`,
  };
}

function progress(done: number, count: number, started: number): string {
  const rate = Math.round(done / ((performance.now() - started) / 1000));
  return `${done} of ${count} exchanges, ${rate} a second`;
}

/** Waits until no connection of a client is left and answers what is held. */
async function atRest(host: HostileHost): Promise<Rest> {
  const deadline = performance.now() + restWithin;
  for (;;) {
    const rest = await host.rest();
    if (connectionsOf(rest) === 0 || performance.now() > deadline) return rest;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What is held beyond what was held when the host was warm. */
async function leaksOf(host: HostileHost, warm: Rest, say: (text: string) => void): Promise<string[]> {
  const deadline = performance.now() + restWithin;
  for (;;) {
    const rest = await atRest(host);
    const leaks = compareRests(warm, rest);
    if (leaks.length === 0 || performance.now() > deadline) {
      say(
        `at rest after the first tenth: ${describeRest(warm)}\nat rest at the end:             ${describeRest(rest)}`,
      );
      return leaks;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function compareRests(warm: Rest, rest: Rest): string[] {
  const leaks: string[] = [];
  const more = (what: string, before: number, after: number, allowed: number): void => {
    if (after - before > allowed) leaks.push(`${what}: ${before} before, ${after} afterwards`);
  };
  more('bytes of memory', warm.residentBytes, rest.residentBytes, tolerance.resident);
  more('bytes of the heaps', heapOf(warm), heapOf(rest), tolerance.heap);
  // A thread for a component that computed for ever may still be there, or the pool of Node's have grown.
  more('threads of the system', warm.threads, rest.threads, 8);
  more('guest threads', warm.held.length, rest.held.length, 0);
  more('connections', connectionsOf(warm), connectionsOf(rest), 0);
  for (const [name, count] of resourcesOf(rest)) more(name, resourcesOf(warm).get(name) ?? 0, count, 2);
  return leaks;
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

function describeRest(rest: Rest): string {
  const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  const resources = [...resourcesOf(rest)].map(([name, count]) => `${count} ${name}`).join(', ');
  return `${mebibytes(rest.residentBytes)}, heaps ${mebibytes(heapOf(rest))}, ${rest.threads} threads, ${rest.sockets} sockets, ${resources}`;
}
