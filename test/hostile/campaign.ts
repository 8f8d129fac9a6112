import { Connection } from './connection.ts';
import { control, type Exchange, type Fault } from './exchange.ts';
import { HostileHost, type Rest } from './hostile-host.ts';
import { minimize } from './minimize.ts';
import { atRest, describeRest, leaksOf } from './rests.ts';

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
/** The exchanges are had in so many parts, with a rest behind each. */
const parts = 10;
/** Of fewer exchanges there is a rest behind the first part and the last. */
const enoughForRests = 10_000;

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
    if (found.length === 0) say(`before the first fault the host said:\n${host.lastWords}`);
    found.push({ text: `${kind}: ${reason}`, suspects });
  };
  const underWay = new Set<Exchange>();
  const haveUntil = async (stop: number): Promise<void> => {
    while (next < stop && !host.hasEnded && found.length < mostFaults) {
      const item = exchange(next);
      next += 1;
      if ((next - from) % 5000 === 0) say(progress(next - from, count, started));
      underWay.add(item);
      const fault = await item.have(host.port, item.parts).catch(lost);
      if (host.hasEnded) return;
      const complaint = host.takeComplaint();
      if (complaint !== undefined) report('crashed', complaint, [item, ...underWay]);
      else if (fault !== undefined) report(fault.kind, `${item.name}: ${fault.reason}`, [item]);
      underWay.delete(item);
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
      rests = [];
    }
  };

  let rests: Rest[] = [];
  for (let part = 1; part <= parts; part += 1) {
    await haveAllUntil(from + Math.ceil((count * part) / parts));
    if (host.hasEnded || found.length > 0) continue;
    if (part > 1 && part < parts && count < enoughForRests) continue;
    const rest = await atRest(host);
    rests.push(rest);
    say(`at rest after ${next - from}: ${describeRest(rest)}`);
  }
  if (next < end) say(`stopped after ${next - from} of ${count} exchanges: too many faults`);
  if (!host.hasEnded && next >= end) {
    const leaks = leaksOf(rests);
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
