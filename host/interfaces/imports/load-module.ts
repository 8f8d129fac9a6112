import { execFile } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fileReason, isFileError } from '../../shared/file-reason.ts';
import { HostError, reasonOf, stackOf } from '../../shared/host-error.ts';
import { isError } from '../../shared/is-error.ts';
import { shownPath } from '../../shared/path.ts';
import { requirePlainFile } from '../../shared/plain-file.ts';
import { placeIn, thrownText } from './module-fault.ts';

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
  let ended: HostError | undefined;
  const onExit = (code: number): never => {
    ended = new HostError('config', `${place} names ${shown}, which can't be loaded: ${whyEnded(code)}.`);
    throw ended;
  };
  process.once('exit', onExit);
  try {
    return (await import(pathToFileURL(path).href)) as object;
  } catch (cause) {
    if (ended !== undefined) throw ended;
    const isKnown = !isError(cause) || placeIn(cause) !== undefined;
    const at = isKnown ? undefined : await syntaxPlace(cause, path);
    const reason = `${thrownText(cause).trim()}${at === undefined ? '' : ` (${at})`}`;
    throw new HostError('config', `${place} names ${shown}, which can't be loaded: ${reason}`, { cause });
  } finally {
    process.off('exit', onExit);
  }
}

/** Why the thread ends while it loads a module: Node says 13 where a module waits for what never comes. */
function whyEnded(code: number): string {
  return code === 13
    ? 'it awaits a promise that nothing settles'
    : `it calls process.exit(${code}) while it is loaded`;
}

/**
 * Line and column of a mistake of syntax. Where V8 finds it, an error that is caught does not tell: `node --check` does, with the file
 * and the line in front and carets below the place.
 */
async function syntaxPlace(thrown: Error, path: string): Promise<string | undefined> {
  if (!(thrown instanceof SyntaxError)) return undefined;
  const told = placeAbove(stackOf(thrown));
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
