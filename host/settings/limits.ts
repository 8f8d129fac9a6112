import { nearestAdvice } from '../shared/nearest.ts';
import { formatSize } from '../shared/size.ts';
import { type Candidate, inFile, repeated, settle } from './choose.ts';
import { fileKey, type KeySchema, type SchemaParts } from './file-key.ts';
import { count, type Kind, size, timer } from './kind.ts';
import { quoted } from './redact.ts';
import type { Setting, Sources } from './setting.ts';

interface Limit {
  /** In bytes, in milliseconds, or how many. */
  readonly kind: Kind<number>;
  readonly default: number;
  readonly explanation: string;
}

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** Every limit that can be set: `dev.limits.<name>`, `--limit <name>=<value>`, `KVASI_LIMITS`. To add one, add it here. */
export const limitDefinitions = {
  headSize: {
    kind: size,
    default: 64 * KiB,
    explanation:
      'The longest head of a request: its first line and its headers. A longer one is answered 431.',
  },
  headTimeout: {
    kind: timer,
    default: 10_000,
    explanation:
      'How long a client may take to send the head of a request. A head that is late is answered 408, a connection that sends nothing is closed.',
  },
  idleTimeout: {
    kind: timer,
    default: 60_000,
    explanation:
      'How long a connection may stay open between two requests, or while its client neither reads the rest of an answer nor sends the rest of a body that nobody wants. Then it is closed.',
  },
  connections: {
    kind: count,
    default: 10_000,
    explanation:
      'How many connections may be open, fewer where the process may open fewer files. Beyond that the one that has been idle longest is closed; where none is idle the new one is answered 503.',
  },
  connectionsPerAddress: {
    kind: count,
    default: 9_000,
    explanation: 'The same for the connections of one client address.',
  },
  concurrentRequests: {
    kind: count,
    default: 4_096,
    explanation: 'How many requests the component may work on at once. Further ones wait in the queue.',
  },
  queuedRequests: {
    kind: count,
    default: 10_000,
    explanation:
      'How many requests may wait until the component comes to them. A further one is answered 503 with retry-after.',
  },
  queueWait: {
    kind: timer,
    default: 800,
    explanation:
      'Once more than 64 requests wait, one that has waited for this long is answered 503 with retry-after, and so is a new one while the oldest has waited for half of it.',
  },
  requestsPerInstance: {
    kind: count,
    default: 128,
    explanation:
      'With `instances: reuse`, how many requests one instance of a component of WASI 0.3 serves before another one takes its place.',
  },
  requestsAtOncePerInstance: {
    kind: count,
    default: 16,
    explanation: 'How many of them it serves at once. Further ones get another instance.',
  },
  messageSize: {
    kind: size,
    default: MiB,
    explanation:
      'The largest body of a message. Of a larger one whoever sends it is told `message-too-large`; what a NATS server takes counts where that is less.',
  },
  messagesInFlight: {
    kind: count,
    default: 32,
    explanation:
      'How many messages a component handles at once, and the most that its `max_in_flight` may say. Further ones wait.',
  },
  queuedMessages: {
    kind: count,
    default: 10_000,
    explanation:
      'How many messages may wait for a component that handles them, 64 MiB of them at most. A further one is refused: whoever sends it is told `quota-exceeded`; where a NATS server brings it, it is dropped.',
  },
  memory: {
    kind: size,
    default: 512 * MiB,
    explanation:
      'The most memory that one instance of the component may have. `memory.grow` fails beyond it.',
  },
  totalMemory: {
    kind: size,
    default: 4 * GiB,
    explanation:
      'The most memory that all instances may have together, no less than `memory`. `memory.grow` fails beyond it.',
  },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof limitDefinitions;

/** Sizes in bytes, durations in milliseconds. */
export type Limits = Readonly<Record<LimitName, number>>;

export const limitNames = Object.keys(limitDefinitions) as readonly LimitName[];

/** What holds where nothing is configured. */
export const DEFAULT_LIMITS: Limits = fromEach((name) => limitDefinitions[name].default);

const flag = '--limit';
const variable = 'KVASI_LIMITS';

export const limitsSetting = {
  name: 'limits',
  explanation: 'One of `dev.limits`, such as `memory=256MiB` or `connections=100`.',
  fallback: 'see [limits](limits.md)',
  keys: [
    fileKey('dev.limits', (parts) =>
      parts.section(
        limitEntries(parts),
        `How much clients and components may take. Each also by \`${flag} name=value\` and, separated by commas, in \`${variable}\`.`,
      ),
    ),
  ],
  variable,
  flag: { name: flag, takes: 'name=value', repeats: true },
  resolve(sources): Limits {
    const flags = named(sources, repeated(sources, flag), flag);
    // A comma too many, as one at the end, says nothing.
    const parts = (sources.env[variable] ?? '').split(',').filter((part) => part.trim() !== '');
    const variables = named(sources, parts, variable);
    const limits = fromEach((name) => {
      const given = flags.get(name) ?? variables.get(name) ?? inFile(sources, [`dev.limits.${name}`]);
      const { kind, default: otherwise } = limitDefinitions[name];
      return settle(sources, `limits.${name}`, given, kind.parse) ?? otherwise;
    });
    checkMemory(limits, sources);
    return limits;
  },
  *show(limits: Limits) {
    for (const name of limitNames) yield [`limits.${name}`, limitDefinitions[name].kind.print(limits[name])];
  },
} as const satisfies Setting<'limits', Limits>;

/** The keys of `dev.limits`. */
export function limitEntries(parts: SchemaParts): Readonly<Record<LimitName, KeySchema>> {
  return fromEach((name) => {
    const { kind, default: value, explanation } = limitDefinitions[name];
    return kind.schema(parts, `${explanation} Default: \`${kind.print(value)}\`.`);
  });
}

/** The rows of the table in docs/limits.md. */
export function limitRows(): string[][] {
  return limitNames.map((name) => {
    const { kind, default: value, explanation } = limitDefinitions[name];
    return [`\`${name}\``, `\`${kind.print(value)}\``, explanation];
  });
}

/** The default of `memory` gives way to a smaller `totalMemory`: an instance has what all may have, at most. */
function checkMemory({ memory, totalMemory }: Limits, { origins, report }: Sources): void {
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

/** What was given by name and value, by the name. */
function named({ report }: Sources, given: readonly string[], origin: string): Map<string, Candidate> {
  const values = new Map<string, Candidate>();
  for (const text of given) {
    const [name = '', value] = text.split(/=(.*)/s).map((part) => part.trim());
    if (value === undefined) {
      report.usageProblem(
        `${origin} ${origin === flag ? 'is' : 'has'} ${quoted(text)}. Expected name=value, such as memory=256MiB.`,
      );
    } else if (!limitNames.some((known) => known === name)) {
      const hint = nearestAdvice(name, limitNames, `Limits are ${limitNames.join(', ')}.`);
      report.usageProblem(`${origin} names ${quoted(name)}, which is no limit. ${hint}`);
    } else values.set(name, { text: value, origin: `${origin} ${name}`, from: 'user' });
  }
  return values;
}

function fromEach<T>(value: (name: LimitName) => T): Readonly<Record<LimitName, T>> {
  return Object.fromEntries(limitNames.map((name) => [name, value(name)])) as Record<LimitName, T>;
}
