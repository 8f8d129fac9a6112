import { formatDuration, parseTimer } from '../shared/duration.ts';
import { nearestAdvice } from '../shared/nearest.ts';
import type { Parsed } from '../shared/parsed.ts';
import { formatSize, parseSize } from '../shared/size.ts';
import { type Context, choose } from './choose.ts';
import { quoted } from './redact.ts';
import { parseCount } from './values.ts';

/** What a limit is counted in: bytes, milliseconds, or things. */
export type LimitKind = 'size' | 'duration' | 'count';

interface LimitDefinition {
  readonly kind: LimitKind;
  /** Bytes, milliseconds, or how many. */
  readonly value: number;
  readonly description: string;
}

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** Every limit that can be set: `dev.limits.<name>`, `--limit <name>=<value>`, `KVASI_LIMITS`. */
export const limitDefinitions = {
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
    value: 10_000,
    description:
      'How many requests may wait until the component comes to them. A further one is answered 503 with retry-after.',
  },
  queueWait: {
    kind: 'duration',
    value: 800,
    description:
      'Once more than 64 requests wait, one that has waited for this long is answered 503 with retry-after, and so is a new one while the oldest has waited for half of it.',
  },
  memory: {
    kind: 'size',
    value: 512 * MiB,
    description:
      'The most memory that one instance of the component may have. `memory.grow` fails beyond it.',
  },
  totalMemory: {
    kind: 'size',
    value: 4 * GiB,
    description:
      'The most memory that all instances may have together, no less than `memory`. `memory.grow` fails beyond it.',
  },
} as const satisfies Readonly<Record<string, LimitDefinition>>;

export type LimitName = keyof typeof limitDefinitions;

/** Sizes in bytes, durations in milliseconds. */
export type Limits = Readonly<Record<LimitName, number>>;

export const limitNames = Object.keys(limitDefinitions) as readonly LimitName[];

/** What holds where nothing is configured. */
export const DEFAULT_LIMITS: Limits = fromEach((name) => limitDefinitions[name].value);

/**
 * Reads the limits from file, environment and flags.
 *
 * @internal
 */
export function chooseLimits(context: Context): Limits {
  const flags = namedValues(context, context.flags.limit ?? [], '--limit');
  // A comma too many, as one at the end, says nothing.
  const parts = (context.env.KVASI_LIMITS ?? '').split(',').filter((part) => part.trim() !== '');
  const variables = namedValues(context, parts, 'KVASI_LIMITS');
  const limits = fromEach((name) => {
    const { kind, value } = limitDefinitions[name];
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
  checkMemory(limits, context);
  return limits;
}

/** The default of `memory` gives way to a smaller `totalMemory`: an instance has what all may have, at most. */
function checkMemory({ memory, totalMemory }: Limits, { origins, report }: Context): void {
  const [one, all] = [origins.get('limits.memory'), origins.get('limits.totalMemory')];
  if (memory <= totalMemory || one === 'default') return;
  const message = (): string =>
    `limits.totalMemory is ${formatSize(totalMemory)} (${all === 'default' ? 'the default' : all}), and limits.memory, what one instance may have, is ${formatSize(memory)} (${one}). Raise the first or lower the second.`;
  if ([one, all].some((origin = '') => /^(--limit|KVASI_LIMITS)/.test(origin))) report.usageProblem(message);
  else report.problem(message);
}

/** The most bytes that one instance can come to have. */
export function mostMemory({ memory, totalMemory }: Pick<Limits, 'memory' | 'totalMemory'>): number {
  return Math.min(memory, totalMemory);
}

/** Each limit as `kvasi config` shows it. */
export function formatLimits(limits: Limits): (readonly [name: LimitName, value: string])[] {
  return limitNames.map((name) => [name, formatLimit(limitDefinitions[name].kind, limits[name])]);
}

const parsers: Readonly<Record<LimitKind, (text: string) => Parsed<number>>> = {
  size: parseSize,
  duration: parseTimer,
  count: parseCount,
};

/** Writes a limit as it is read. */
export function formatLimit(kind: LimitKind, value: number): string {
  if (kind === 'count') return String(value);
  return kind === 'size' ? formatSize(value) : formatDuration(value);
}

function namedValues({ report }: Context, given: readonly string[], origin: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const text of given) {
    const [name = '', value] = text.split(/=(.*)/s).map((part) => part.trim());
    if (value === undefined) {
      report.usageProblem(
        `${origin} ${origin === '--limit' ? 'is' : 'has'} ${quoted(text)}. Expected name=value, such as memory=256MiB.`,
      );
    } else if (!limitNames.some((known) => known === name)) {
      const hint = nearestAdvice(name, limitNames, `Limits are ${limitNames.join(', ')}.`);
      report.usageProblem(`${origin} names ${quoted(name)}, which is no limit. ${hint}`);
    } else values.set(name, value);
  }
  return values;
}

function fromEach(value: (name: LimitName) => number): Limits {
  return Object.fromEntries(limitNames.map((name) => [name, value(name)])) as Record<LimitName, number>;
}
