import type { Parsed } from '../shared/parsed.ts';
import { isReplacedVariable } from '../shared/process-bytes.ts';
import { quoted } from './redact.ts';
import type { Flag, Setting, Sources } from './setting.ts';

/** Where an argument without a flag comes from. */
const COMMAND_LINE = 'the command line';

/** Something that was given for a setting. */
export interface Candidate {
  readonly text: string;
  /** A flag, a variable, or a place in the file. */
  readonly origin: string;
  readonly from: 'file' | 'user';
}

/** The strongest that was given for a setting: by its flag, its variable or one of its keys. */
export function strongest(
  sources: Sources,
  { flag, variable, keys }: Pick<Setting, 'flag' | 'variable' | 'keys'>,
): Candidate | undefined {
  return (
    byFlag(sources, flag) ??
    byVariable(sources, variable) ??
    inFile(
      sources,
      keys.map(({ key }) => key),
    )
  );
}

/**
 * The value of what was given, or undefined; notes where it came from.
 * @param parse `base` is where a relative path starts
 */
export function settle<T>(
  { cwd, directory, report, origins }: Sources,
  name: string,
  candidate: Candidate | undefined,
  parse: (text: string, base: string) => Parsed<T>,
): T | undefined {
  if (candidate === undefined) {
    origins.set(name, 'default');
    return undefined;
  }
  const { text, origin, from } = candidate;
  if (isReplacedVariable(origin, text)) {
    report.usageProblem(`${origin} is not UTF-8 text.`);
    return undefined;
  }
  const result = parse(text, from === 'file' ? directory : cwd);
  if ('value' in result) {
    origins.set(name, origin);
    return result.value;
  }
  const what = origin === COMMAND_LINE ? `${name} on ${COMMAND_LINE}` : origin;
  const problem = `${what} is ${quoted(text)}. Expected ${result.expected}.`;
  if (from === 'user') report.usageProblem(problem);
  else report.problem(problem);
  return undefined;
}

/** What was given by a flag that counts once. */
function byFlag({ flags }: Sources, flag: Flag | undefined): Candidate | undefined {
  const text = flag && flags[flagKey(flag)];
  if (typeof text !== 'string') return undefined;
  return { text, origin: flag?.name.startsWith('--') ? flag.name : COMMAND_LINE, from: 'user' };
}

/** What was given by a flag that counts each time. */
export function repeated({ flags }: Sources, name: string): readonly string[] {
  const given = flags[flagKey({ name })];
  return Array.isArray(given) ? given : [];
}

/** An empty variable counts as unset, as shells can't unset one for a command. */
function byVariable({ env }: Sources, variable: string | undefined): Candidate | undefined {
  const text = variable && env[variable];
  return text ? { text, origin: variable, from: 'user' } : undefined;
}

/** What the file says under the first of the keys that it has. */
export function inFile({ file }: Sources, keys: readonly string[]): Candidate | undefined {
  for (const key of keys) {
    const value = file?.at(key);
    if (value != null)
      return { text: String(value), origin: file?.locate(key.split('.'), 'key') ?? '', from: 'file' };
  }
  return undefined;
}

/** The key of a flag in what the command line gives: `logLevel` of `--log-level`. */
export function flagKey({ name }: Pick<Flag, 'name'>): string {
  return name.replace(/^--/, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
