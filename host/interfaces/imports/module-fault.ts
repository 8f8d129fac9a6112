import { fileURLToPath } from 'node:url';
import { reasonOf } from '../../shared/host-error.ts';
import { isError } from '../../shared/is-error.ts';
import { shownPath } from '../../shared/path.ts';

/** A module did what its function can't do: it threw what is no error of its type, or answered what is none of it. The guest traps. */
export class ModuleFault extends Error {
  override readonly name = 'ModuleFault';

  /** Of what the module threw; undefined where it threw nothing. */
  readonly stackOfModule: string | undefined;

  constructor(message: string, stackOfModule?: string) {
    super(message);
    this.stackOfModule = stackOfModule;
    if (stackOfModule !== undefined) this.stack = stackOfModule;
  }
}

/** What was thrown, in words: its name, its message, and where in a file that was, where that is known. */
export function thrownText(thrown: unknown): string {
  if (!isError(thrown)) return reasonOf(thrown);
  const at = placeIn(thrown);
  return `${thrown.name}: ${thrown.message}${at === undefined ? '' : ` (${at})`}`;
}

/** File, line and column of the first frame of an error's stack that is in a file: `payments.ts:12:5`. */
export function placeIn({ stack = '' }: Error): string | undefined {
  const found = /(?:^|[\s(])(file:\/\/\/?[^\s()]+|\/[^\s():]+):(\d+):(\d+)\)?\s*$/m.exec(stack);
  if (found === null) return undefined;
  const [, file = '', line, column] = found;
  return `${shownPath(file.startsWith('file:') ? fileURLToPath(file) : file, process.cwd())}:${line}:${column}`;
}
