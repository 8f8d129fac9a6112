import { execFile } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fileReason, isFileError } from '../../shared/file-reason.ts';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import { isError } from '../../shared/is-error.ts';
import { shownPath } from '../../shared/path.ts';
import { requirePlainFile } from '../../shared/plain-file.ts';
import { placeIn } from './module-fault.ts';

/** How long Node may take to say where a mistake is, in milliseconds. */
const longestCheck = 10_000;

/** Loads a module. Throws a `HostError` that says where in it the mistake is. @param place where it was named */
export async function loadModule(path: string, place: string): Promise<object> {
  const shown = shownPath(path, process.cwd());
  try {
    await requirePlainFile(path);
  } catch (cause) {
    const why = isFileError(cause) ? fileReason(cause) : reasonOf(cause);
    throw new HostError('config', `${place} names ${shown}, which ${why}.`, { cause });
  }
  try {
    return (await import(pathToFileURL(path).href)) as object;
  } catch (cause) {
    const at = isError(cause) ? (placeIn(cause) ?? (await syntaxPlace(cause, path))) : undefined;
    const name = isError(cause) ? `${cause.name}: ` : '';
    const reason = reasonOf(cause).trim();
    throw new HostError(
      'config',
      `${place} names ${shown}, which can't be loaded: ${name}${reason}${at === undefined ? '' : ` (${at})`}`,
      { cause },
    );
  }
}

/**
 * Line and column of a mistake of syntax. Where V8 finds it, an error that is caught does not tell: `node --check` does, with the file
 * and the line in front and carets below the place.
 */
async function syntaxPlace({ name, stack = '' }: Error, path: string): Promise<string | undefined> {
  if (name !== 'SyntaxError') return undefined;
  const told = placeAbove(stack);
  if (told !== undefined) return told;
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(process.execPath, ['--check', path], { timeout: longestCheck }, (_, __, stderr) =>
    resolve(stderr),
  );
  return placeAbove(await promise);
}

function placeAbove(text: string): string | undefined {
  const [first = '', ...lines] = text.split('\n');
  const found = /^(file:\/\/\/?\S+|\/.+?):(\d+)$/.exec(first);
  if (found === null) return undefined;
  const [, file = '', line] = found;
  const caret = lines.find((text) => /^\s*\^+\s*$/.test(text))?.indexOf('^') ?? -1;
  const place = file.startsWith('file:') ? fileURLToPath(file) : file;
  return `${shownPath(place, process.cwd())}:${line}${caret < 0 ? '' : `:${caret + 1}`}`;
}
