import type { Parsed } from '../shared/parsed.ts';
import { isReplacedVariable } from '../shared/process-bytes.ts';
import type { LoadedFile } from './config-file.ts';
import type { Flags } from './flags.ts';
import type { KeyPath } from './parsed-file.ts';
import { quoted } from './redact.ts';
import type { Report } from './report.ts';

/** Everything that settings are taken from, and what is found out on the way. */
export interface Context {
  /** Absolute; relative paths of flags and variables start here. */
  readonly cwd: string;
  /** Absolute; relative paths of the file start here. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: Flags;
  readonly loaded: LoadedFile | undefined;
  readonly report: Report;
  readonly origins: Map<string, string>;
  readonly secrets: Set<string>;
}

/** Where an argument without a flag comes from. */
export const COMMAND_LINE = 'the command line';

/** The places that a setting can come from. */
export interface Choice<T> {
  /** What was given on the command line, and the flag's name. */
  readonly flag?: readonly [given: string | undefined, name: string];
  /** The environment variable. */
  readonly variable?: string;
  /** The keys of the file, strongest first. */
  readonly keys: readonly KeyPath[];
  /** `base` is where a relative path starts. */
  readonly parse: (text: string, base: string) => Parsed<T>;
}

/** The setting's value from the strongest place that has one, or undefined; notes where it came from. */
export function choose<T>(context: Context, name: string, choice: Choice<T>): T | undefined {
  const { cwd, directory, report, origins } = context;
  const candidate = given(context, choice) ?? inFile(context, choice.keys);
  if (candidate && isReplacedVariable(candidate.origin, candidate.text)) {
    report.usageProblem(`${candidate.origin} is not UTF-8 text.`);
    return undefined;
  }
  if (!candidate) {
    origins.set(name, 'default');
    return undefined;
  }
  const result = choice.parse(candidate.text, candidate.from === 'file' ? directory : cwd);
  if ('value' in result) {
    origins.set(name, candidate.origin);
    return result.value;
  }
  const what = candidate.origin === COMMAND_LINE ? `${name} on ${COMMAND_LINE}` : candidate.origin;
  const problem = `${what} is ${quoted(candidate.text)}. Expected ${result.expected}.`;
  if (candidate.from === 'user') report.usageProblem(problem);
  else report.problem(problem);
  return undefined;
}

interface Candidate {
  readonly text: string;
  readonly origin: string;
  readonly from: 'file' | 'user';
}

/** What flag or variable say. An empty variable counts as unset, as shells can't unset one for a command. */
export function given(
  context: Context,
  choice: Pick<Choice<unknown>, 'flag' | 'variable'>,
): Candidate | undefined {
  const [flag, flagName = ''] = choice.flag ?? [];
  if (flag !== undefined) return { text: flag, origin: flagName, from: 'user' };
  const variable = choice.variable === undefined ? '' : context.env[choice.variable];
  return variable ? { text: variable, origin: choice.variable ?? '', from: 'user' } : undefined;
}

function inFile({ loaded }: Context, keys: readonly KeyPath[]): Candidate | undefined {
  for (const path of loaded?.config ? keys : []) {
    let value: unknown = loaded?.config;
    for (const key of path) value = (value as Record<string, unknown> | null | undefined)?.[key];
    if (value == null) continue;
    return { text: String(value), origin: loaded?.locate(path, 'key') ?? '', from: 'file' };
  }
  return undefined;
}
