import { component } from '../support/kvasi-process.ts';
import { acceptedDifferences } from './accepted-differences.ts';
import type { Case } from './case.ts';
import { guestAnswers } from './guest-answers.ts';
import { ComparedHost, kvasi, wasmtime } from './hosts.ts';
import { type Observed, observe } from './observe.ts';
import { rawRequests } from './raw-requests.ts';

/** What both hosts did in one conversation. */
export interface Compared {
  readonly name: string;
  readonly kvasi: string;
  readonly wasmtime: string;
  readonly verdict: Verdict;
}

/**
 * `listed`: another result, for a reason that is accepted. `no longer`: accepted as another result, and the same.
 * Neither the end of the host nor an answer that is no HTTP is ever accepted.
 */
export type Verdict = 'same' | 'listed' | 'no longer' | 'DIFFERENT';

export interface CompareOptions {
  /** The path of the executable `wasmtime`. */
  readonly wasmtime: string;
  /** The path of the probe component; its cases are left out without. */
  readonly probe?: string | undefined;
  /** Only the cases whose names contain this. */
  readonly only?: string | undefined;
}

/** Has every conversation with both hosts, each of which has one at a time. */
export async function compare({ wasmtime: command, probe, only = '' }: CompareOptions): Promise<Compared[]> {
  const chosen = [...rawRequests, ...guestAnswers].filter(({ name, component }) => {
    return name.includes(only) && (component !== 'probe' || probe !== undefined);
  });
  const paths = { misbehave: component('misbehave'), probe: probe ?? '' };
  const [ours, theirs] = await Promise.all(
    [kvasi, wasmtime(command)].map(async (kind) => {
      await using misbehave = new ComparedHost(kind, paths.misbehave);
      await using probing = new ComparedHost(kind, paths.probe);
      const seen: Observed[] = [];
      for (const item of chosen)
        seen.push(await converse({ misbehave, probe: probing }[item.component], item));
      return seen;
    }),
  );
  return chosen.map(({ name }, index) => {
    const our = ours?.[index] ?? nothing;
    const their = theirs?.[index] ?? nothing;
    return { name, kvasi: textOf(our), wasmtime: textOf(their), verdict: verdictOf(name, our, their) };
  });
}

const hostHasEnded = 'THE HOST HAS ENDED';
const pageOfWasmtime = /<hr>\s*wasmtime\s*<\/center>/;

const nothing: Observed = { answers: [], end: [] };

async function converse(host: ComparedHost, item: Case): Promise<Observed> {
  const port = await host.serve();
  host.takeGuestLines();
  const { answers, end } = await observe(port, item);
  const lines = host.takeGuestLines();
  const printed = lines.length === 0 ? [] : [`prints ${JSON.stringify(lines.join('\n'))}`];
  return { answers, end: [...end, ...printed, ...(host.hasEnded ? [hostHasEnded] : [])] };
}

function textOf({ answers, end }: Observed): string {
  return [...answers.map(({ text }) => text), ...end].join('; ');
}

function verdictOf(name: string, our: Observed, their: Observed): Verdict {
  const listed = acceptedDifferences.find(({ cases }) => cases.includes(name));
  if (isSame(our, their)) return listed === undefined || listed.varies === true ? 'same' : 'no longer';
  const isBroken = our.end.some((text) => text === hostHasEnded || text.startsWith('no HTTP'));
  return listed !== undefined && !isBroken ? 'listed' : 'DIFFERENT';
}

/** A refusal is the same whatever text goes with it: kvasi's says why, wasmtime's is empty or a page that does not. */
function isSame(our: Observed, their: Observed): boolean {
  if (our.answers.length !== their.answers.length || our.end.join() !== their.end.join()) return false;
  return our.answers.every(({ status, text }, index) => {
    const other = their.answers[index];
    if (other === undefined || status !== other.status) return false;
    return text === other.text || (status >= 400 && (other.body === '' || pageOfWasmtime.test(other.body)));
  });
}
