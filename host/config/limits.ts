import type * as v from 'valibot';
import { type Context, choose } from './choose.ts';
import { nearest } from './nearest.ts';
import { count, duration, parsedNumber, section } from './schema-parts.ts';
import { formatDuration, formatSize, type Parsed, parseCount, parseDuration, parseSize } from './values.ts';

type Kind = 'size' | 'duration' | 'count';

interface LimitDefinition {
  readonly kind: Kind;
  /** Bytes, milliseconds, or how many. */
  readonly value: number;
  readonly description: string;
}

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** Every limit that can be set: `dev.limits.<name>`, `--limit <name>=<value>`, `KVASI_LIMITS`. */
const definitions = {
  headSize: {
    kind: 'size',
    value: 64 * KiB,
    description:
      'The longest head of a request: its first line and its headers. A longer one is answered 431.',
  },
  headTimeout: {
    kind: 'duration',
    value: 10_000,
    description:
      'How long a client may take to send the head of a request. A head that is late is answered 408, a connection that sends nothing is closed.',
  },
  idleTimeout: {
    kind: 'duration',
    value: 60_000,
    description:
      'How long a connection may stay open between two requests, or while its client neither reads the rest of an answer nor sends the rest of a body that nobody wants. Then it is closed.',
  },
  connections: {
    kind: 'count',
    value: 10_000,
    description:
      'How many connections may be open, fewer where the process may open fewer files. Beyond that the one that has been idle longest is closed; where none is idle the new one is answered 503.',
  },
  connectionsPerAddress: {
    kind: 'count',
    value: 9_000,
    description: 'The same for the connections of one client address.',
  },
  concurrentRequests: {
    kind: 'count',
    value: 4_096,
    description: 'How many requests the component may work on at once. Further ones wait in the queue.',
  },
  queuedRequests: {
    kind: 'count',
    value: 1_000,
    description:
      'How many requests may wait until the component comes to them. A further one is answered 503 with retry-after.',
  },
  queueWait: {
    kind: 'duration',
    value: 1_000,
    description:
      'A request that would have to wait longer than this is answered 503 with retry-after, unless fewer than 64 wait.',
  },
  memory: {
    kind: 'size',
    value: GiB,
    description:
      'The most memory that one instance of the component may have. `memory.grow` fails beyond it.',
  },
  totalMemory: {
    kind: 'size',
    value: 4 * GiB,
    description: 'The most memory that all instances may have together. `memory.grow` fails beyond it.',
  },
} as const satisfies Readonly<Record<string, LimitDefinition>>;

export type LimitName = keyof typeof definitions;

/** Sizes in bytes, durations in milliseconds. */
export type Limits = Readonly<Record<LimitName, number>>;

const names = Object.keys(definitions) as readonly LimitName[];

/** What holds where nothing is configured. */
export const DEFAULT_LIMITS: Limits = fromEach((name) => definitions[name].value);

/** The keys of `dev.limits`. */
export const limitsSection = section(
  Object.fromEntries(
    names.map((name) => {
      const { kind, value, description } = definitions[name];
      return [name, schemaOf(kind, `${description} Default \`${format(kind, value)}\`.`)];
    }),
  ),
  'How much clients and components may take. Each also by `--limit name=value` and, separated by commas, in `KVASI_LIMITS`.',
);

/** Reads the limits from file, environment and flags. */
export function chooseLimits(context: Context): Limits {
  const flags = namedValues(context, context.flags.limit ?? [], '--limit');
  const variable = context.env.KVASI_LIMITS;
  const variables = namedValues(context, variable ? variable.split(',') : [], 'KVASI_LIMITS');
  return fromEach((name) => {
    const { kind, value } = definitions[name];
    const key = `limits.${name}`;
    const given = flags.get(name) ?? variables.get(name);
    const origin = flags.has(name) ? '--limit' : 'KVASI_LIMITS';
    return (
      choose(context, key, {
        flag: [given, given === undefined ? '' : `${origin} ${name}`],
        keys: [['dev', 'limits', name]],
        parse: parsers[kind],
      }) ?? value
    );
  });
}

/** Each limit as `kvasi config` shows it. */
export function formatLimits(limits: Limits): (readonly [name: LimitName, value: string])[] {
  return names.map((name) => [name, format(definitions[name].kind, limits[name])]);
}

const parsers: Readonly<Record<Kind, (text: string) => Parsed<number>>> = {
  size: parseSize,
  duration: parseDuration,
  count: parseCount,
};

function format(kind: Kind, value: number): string {
  if (kind === 'count') return String(value);
  return kind === 'size' ? formatSize(value) : formatDuration(value);
}

function schemaOf(kind: Kind, description: string): v.GenericSchema {
  if (kind === 'count') return count(description);
  if (kind === 'duration') return duration(description);
  return parsedNumber(parseSize, 'a size such as "64KiB", or a number of bytes', description);
}

function namedValues({ report }: Context, given: readonly string[], origin: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const text of given) {
    const [name = '', value] = text.split(/=(.*)/s).map((part) => part.trim());
    if (value === undefined) {
      report.problem(`${origin} is ${JSON.stringify(text)}. Expected name=value, such as memory=256MiB.`);
    } else if (!names.some((known) => known === name)) {
      const suggestion = nearest(name, names);
      const hint =
        suggestion === undefined ? `Limits are ${names.join(', ')}.` : `Did you mean ${suggestion}?`;
      report.problem(`${origin} names ${JSON.stringify(name)}, which is no limit. ${hint}`);
    } else values.set(name, value);
  }
  return values;
}

function fromEach(value: (name: LimitName) => number): Limits {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<LimitName, number>;
}
