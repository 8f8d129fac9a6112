import { lstat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import { shownPath } from '../../shared/path.ts';
import { readText } from '../../shared/read-text.ts';
import { systemCode } from '../../shared/system-code.ts';
import type { FileKey } from '../file-key.ts';
import { MOST_SHOWN, type Report } from '../report.ts';
import { requireShallow } from './nesting.ts';
import { type Locate, type ParsedFile, SyntaxProblem, valueAt } from './parsed-file.ts';

const FOLDER = '.wash';
const NAMES = ['config.yaml', 'config.yml', 'config.json', 'config.toml'];
/** The largest configuration file, in bytes. */
const LARGEST = 8 * 1024 * 1024;

/** A configuration file that has been read and checked. */
export class ConfigFile {
  /** Absolute path. */
  readonly path: string;
  /** Writes the place of a key or a value. */
  readonly locate: Locate;
  readonly #data: unknown;

  /** @param data what the file says, or undefined where the report has its problems */
  constructor(path: string, data: unknown, locate: Locate) {
    this.path = path;
    this.locate = locate;
    this.#data = data;
  }

  /** What stands at a path such as `dev.limits.memory`. */
  at(path: string): unknown {
    return valueAt(this.#data, path.split('.'));
  }

  /** What stands under a key. */
  written<Written>({ key }: FileKey<Written>): NonNullable<Written> | undefined {
    // The key's schema has let it through.
    return (this.at(key) ?? undefined) as NonNullable<Written> | undefined;
  }
}

/** The first of `.wash/config.yaml`, `.yml`, `.json` and `.toml` that is there. */
export async function findConfigFile(directory: string): Promise<string | undefined> {
  for (const name of NAMES) {
    const path = join(directory, FOLDER, name);
    // Whatever it is: something that can't be read, or a link that leads nowhere, must not be passed over.
    const failure: unknown = await lstat(path).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!isAbsence(failure)) return path;
  }
  return undefined;
}

function isAbsence(failure: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCode(failure));
}

/** The project that a configuration file is for: the parent of `.wash`, else the file's folder. */
export function projectDirectory(configFile: string): string {
  const folder = dirname(configFile);
  return basename(folder) === FOLDER ? dirname(folder) : folder;
}

/**
 * Reads and checks a configuration file.
 * @param keys that the file may have
 * @param advice what to do where there is no such file
 * @throws {HostError} `config`, where it can't be read or has no valid syntax
 */
export async function loadConfigFile(
  path: string,
  cwd: string,
  keys: readonly FileKey[],
  report: Report,
  advice = 'Name a configuration file with --config FILE.',
): Promise<ConfigFile> {
  const absolute = resolve(cwd, path);
  const name = shownPath(absolute, cwd);
  const source = await readText(absolute, name, advice, LARGEST);
  const parsed = await parse(absolute, name, source);
  const locate = locator(name, parsed);
  for (const { message, position } of parsed.warnings) {
    report.warn(`${position ? `${name}:${position.line}:${position.column}` : name}: ${message}`);
  }
  const { validate } = await import('../schema/validate.ts');
  return new ConfigFile(absolute, await validate(parsed, keys, locate, report), locate);
}

/** Checks what a program gives in place of a file; relative paths start at `directory`. */
export async function checkConfig(
  data: unknown,
  name: string,
  directory: string,
  keys: readonly FileKey[],
  report: Report,
): Promise<ConfigFile> {
  const locate = (): string => name;
  const { validate } = await import('../schema/validate.ts');
  const parsed: ParsedFile = { data, positionOf: () => undefined, warnings: [] };
  try {
    requireShallow(data);
  } catch (error) {
    throw new HostError('config', `${name}: ${reasonOf(error)}`, { cause: error });
  }
  return new ConfigFile(join(directory, name), await validate(parsed, keys, locate, report), locate);
}

/** Writes places in a file with its name. */
export function locator(name: string, parsed: ParsedFile): Locate {
  return (keys, part = 'value') => {
    const position = parsed.positionOf(keys, part);
    return position ? `${name}:${position.line}:${position.column}` : name;
  };
}

async function parse(path: string, name: string, source: string): Promise<ParsedFile> {
  const extension = extname(path).toLowerCase();
  try {
    switch (extension) {
      case '.yaml':
      case '.yml':
        return checked((await import('./parse-yaml.ts')).parseYaml(source));
      case '.json':
        return checked((await import('./parse-json.ts')).parseJson(source));
      case '.toml':
        return checked((await import('./parse-toml.ts')).parseToml(source));
      default:
        throw new HostError(
          'usage',
          `${name} has a name that doesn't tell its format. Expected one that ends in .yaml, .yml, .json or .toml.`,
        );
    }
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    throw syntaxError(name, extension.replace('yml', 'yaml').slice(1).toUpperCase(), error);
  }
}

function checked(parsed: ParsedFile): ParsedFile {
  requireShallow(parsed.data);
  return parsed;
}

/** What is wrong with the syntax of a file, a line each. */
export function syntaxError(name: string, format: string, problem: SyntaxProblem): HostError {
  const lines = problem.notes.slice(0, MOST_SHOWN).map(({ message, position }) => {
    const place = position ? `${name}:${position.line}:${position.column}` : name;
    return `${place}: not valid ${format}: ${message}`;
  });
  const more = problem.notes.length - lines.length;
  if (more > 0) lines.push(`and ${more} more`);
  return new HostError('config', lines.join('\n'), { cause: problem });
}
