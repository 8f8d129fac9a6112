import { parseArgs } from 'node:util';
import type { Extent } from './run-context.ts';

export interface Options {
  readonly extent: Extent;
  readonly json: boolean;
  /** What to measure; everything if it is empty. */
  readonly only: readonly string[];
}

const usage = `npm run bench -- [--quick] [--only <workload>]… [--rounds N] [--seconds N] [--json]

  --quick          fewer and shorter rounds, for development
  --only <name>    measure only this; may be repeated, a * at the end stands for any rest
  --rounds <N>     rounds of each workload (default: 5)
  --seconds <N>    seconds of load for each contender and round (default: 3)
  --json           print one JSON object on standard output`;

const full: Extent = { rounds: 5, seconds: 3, memoryRequests: [10_000, 1_000_000] };
const quick: Extent = { rounds: 3, seconds: 1, memoryRequests: [2_000, 20_000] };

/** Throws with the usage when the arguments are wrong. */
export function parseOptions(args: string[], names: readonly string[]): Options {
  const help = `${usage}\n\nWorkloads: ${names.join(', ')}`;
  const { values } = (() => {
    try {
      return parseArgs({
        args,
        options: {
          quick: { type: 'boolean', default: false },
          json: { type: 'boolean', default: false },
          only: { type: 'string', multiple: true, default: [] },
          rounds: { type: 'string' },
          seconds: { type: 'string' },
        },
      });
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\n\n${help}`);
    }
  })();
  const only = values.only.flatMap((pattern) => {
    const matches = names.filter((name) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    );
    if (matches.length === 0) throw new Error(`No workload ${pattern}.\n\n${help}`);
    return matches;
  });
  const defaults = values.quick ? quick : full;
  return {
    extent: {
      ...defaults,
      rounds: wholeNumber(values.rounds, defaults.rounds, help),
      seconds: wholeNumber(values.seconds, defaults.seconds, help),
    },
    json: values.json,
    only,
  };
}

function wholeNumber(text: string | undefined, fallback: number, help: string): number {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`${text} is no whole number above 0.\n\n${help}`);
  return number;
}
