import { constants } from 'node:fs';
import { type FileHandle, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { whyNoVariable } from '../shared/environment-variable.ts';
import { fileReason, isOfPath } from '../shared/file-reason.ts';
import { reasonOf } from '../shared/host-error.ts';
import { nearestAdvice } from '../shared/nearest.ts';
import { absolutePath, isAnchored } from '../shared/path.ts';
import { NotPlainFile, openPlainFile, readPlainFile } from '../shared/plain-file.ts';
import { isReplacedVariable } from '../shared/process-bytes.ts';
import { formatPath, type KeyPath, type Locate } from './file/parsed-file.ts';
import { quoted } from './redact.ts';
import type { Sources } from './setting.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The keys of a source, as they are written. */
export interface WrittenSource {
  readonly inline?: Readonly<Record<string, string>> | null | undefined;
  readonly file?: string | null | undefined;
  readonly dir?: string | null | undefined;
  readonly fromEnv?: readonly string[] | null | undefined;
}

/** What a file says of a component's variables. */
export interface WrittenEnvironment {
  readonly environment: {
    readonly config?: Readonly<Record<string, string>> | null | undefined;
    readonly configFrom?: readonly string[] | null | undefined;
    readonly secretFrom?: readonly string[] | null | undefined;
  };
  readonly configs: Readonly<Record<string, WrittenSource>> | undefined;
  readonly secrets: Readonly<Record<string, WrittenSource>> | undefined;
}

type Kind = 'configs' | 'secrets';

/** A variable for the component. */
export interface Variable {
  readonly value: string;
  readonly origin: string;
  readonly secret: boolean;
}

/** What sources are read with. */
interface SourceContext extends Pick<Sources, 'directory' | 'env' | 'report'> {
  readonly locate: Locate;
}

/**
 * A component's environment: `config`, then `configFrom`, then `secretFrom`; later ones win.
 *
 * @param path where it stands
 */
export async function readEnvironment(
  written: WrittenEnvironment,
  context: SourceContext,
  path: KeyPath = ['workload', 'environment'],
): Promise<Map<string, Variable>> {
  const variables = new Map<string, Variable>();
  const layer = written.environment;
  for (const [name, value] of Object.entries(layer.config ?? {})) {
    const origin = context.locate([...path, 'config', name], 'key');
    variables.set(name, { value, origin, secret: false });
  }
  for (const [key, kind] of [
    ['configFrom', 'configs'],
    ['secretFrom', 'secrets'],
  ] as const) {
    const names = layer[key] ?? [];
    const last = new Map(names.map((name, index) => [name, index]));
    for (const [index, name] of names.entries()) {
      // What is named again is read then, and wins over what is between.
      if (last.get(name) !== index) continue;
      const source = written[kind]?.[name];
      if (source) {
        await readSource(source, kind, name, context, variables);
        continue;
      }
      const at = [...path, key, index];
      context.report.problem(() => {
        const hint = nearestAdvice(name, Object.keys(written[kind] ?? {}), `Add it to ${kind}.`);
        return `${context.locate(at)}: ${formatPath(at)} names ${quoted(name)}, which ${kind} does not have. ${hint}`;
      });
    }
  }
  return variables;
}

/** Adds one entry of `configs` or `secrets`: `inline`, `file`, `dir`, `fromEnv`; later ones win. */
async function readSource(
  source: WrittenSource,
  kind: Kind,
  name: string,
  context: SourceContext,
  variables: Map<string, Variable>,
): Promise<void> {
  const path = [kind, name];
  const add = (key: string, value: string, at: KeyPath): void => {
    const reason = whyNoVariable(key, value);
    if (reason !== undefined) {
      const place = [...path, ...at];
      context.report.problem(() => `${context.locate(place)}: ${formatPath(place)}: ${reason}`);
      return;
    }
    variables.set(key, {
      value,
      origin: context.locate([...path, ...at], 'key'),
      secret: kind === 'secrets',
    });
  };
  const attempt = async (part: 'file' | 'dir', read: (path: string) => Promise<[string, string][]>) => {
    const given = source[part];
    if (given == null) return;
    try {
      for (const [key, value] of await read(await containedPath(given, context.directory))) {
        add(key, value, [part]);
      }
    } catch (error) {
      const at = [...path, part];
      context.report.problem(`${context.locate(at)}: ${formatPath(at)}: ${whyUnread(error)}`);
    }
  };

  for (const [key, value] of Object.entries(source.inline ?? {})) add(key, value, ['inline', key]);
  await attempt('file', (file) => readEnvFile(file, kind));
  await attempt('dir', readFolder);
  for (const [index, variable] of (source.fromEnv ?? []).entries()) {
    const value = context.env[variable];
    const at = [...path, 'fromEnv', index];
    if (value !== undefined && isReplacedVariable(variable, value)) {
      context.report.problem(
        () => `${context.locate(at)}: the environment variable ${variable} is not UTF-8 text.`,
      );
      continue;
    }
    if (value !== undefined) {
      add(variable, value, ['fromEnv', index]);
      continue;
    }
    context.report.problem(
      () =>
        `${context.locate(at)}: ${formatPath(at)} asks for the environment variable ${variable}, which is not set. Set it before kvasi starts.`,
    );
  }
}

/**
 * The real path of a file or folder. A relative one must not leave the project, not even through a link: the
 * file may come from someone else.
 */
async function containedPath(given: string, directory: string): Promise<string> {
  const path = absolutePath(directory, given);
  const real = await realpath(path).catch((error: unknown) => {
    throw new Error(`${path} can't be read: ${shortReason(error)}.`, { cause: error });
  });
  if (!isAnchored(given) && !isBelow(real, await realpath(directory))) {
    throw new Error(
      `${given} leads out of the project to ${real}. Write the absolute path if that is meant.`,
    );
  }
  return real;
}

const isBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

async function readEnvFile(path: string, kind: Kind): Promise<[string, string][]> {
  let handle: FileHandle;
  try {
    // The path is real already; a link that appears now was put there to trick us.
    handle = await openPlainFile(path, constants.O_NOFOLLOW ?? 0);
  } catch (error) {
    throw new Error(
      error instanceof NotPlainFile
        ? `${path} ${error.message}.`
        : `${path} can't be read: ${shortReason(error)}.`,
      { cause: error },
    );
  }
  try {
    const mode = (await handle.stat()).mode & 0o777;
    if (kind === 'secrets' && process.platform !== 'win32' && mode !== 0o600 && mode !== 0o400) {
      const octal = mode.toString(8).padStart(3, '0');
      throw new Error(`${path} has mode ${octal}; others can read the secrets. Run: chmod 600 ${path}`);
    }
    return parseEnvFile(textOf(await handle.readFile(), path), path);
  } finally {
    await handle.close();
  }
}

/** Lines of `KEY=VALUE`, blank lines and `#` comments; no quotes and no escapes, as in wash. */
function parseEnvFile(text: string, path: string): [string, string][] {
  const entries: [string, string][] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const equals = trimmed.indexOf('=');
    if (equals < 1) throw new Error(`${path}:${index + 1}: the line is not KEY=VALUE.`);
    entries.push([trimmed.slice(0, equals).trim(), trimmed.slice(equals + 1).trim()]);
  }
  return entries;
}

/** One value for each file, as Kubernetes mounts them; names with a leading dot are its own business. */
async function readFolder(folder: string): Promise<[string, string][]> {
  const entries: [string, string][] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    const real = await realpath(path);
    if (!isBelow(real, folder)) throw new Error(`${path} leads out of the folder to ${real}.`);
    if ((await stat(real)).isFile()) entries.push([name, textOf(await readPlainFile(real), path)]);
  }
  return entries;
}

/** Throws an `Error` for bytes that are no UTF-8: they would be replaced. */
function textOf(bytes: Uint8Array, path: string): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new Error(`${path} is not UTF-8 text.`, { cause });
  }
}

/** What was read is named where only the system knows what was wrong. */
function whyUnread(error: unknown): string {
  return isOfPath(error) ? `${error.path} ${fileReason(error)}.` : reasonOf(error);
}

function shortReason(error: unknown): string {
  return fileReason(error).replace(/^(?!can't)/, 'it ');
}
