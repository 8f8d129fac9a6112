import { fileURLToPath } from 'node:url';
import { reasonOf, stackOf } from '../../shared/host-error.ts';
import { isError } from '../../shared/is-error.ts';
import { shownPath } from '../../shared/path.ts';

/** The most of a message that is shown, in characters. */
const longestReason = 1024;
/** The same of a stack, whose frames stand behind the message. */
const longestStack = 16_384;

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

/** Whether that is what was thrown, which may be a proxy. */
export function isModuleFault(thrown: unknown): thrown is ModuleFault {
  return isError(thrown) && thrown instanceof ModuleFault;
}

/** What was thrown, in words: its name, its message, and where in a file that was, where that is known. Nothing of it can throw. */
export function thrownText(thrown: unknown): string {
  const reason = shortened(reasonOf(thrown), longestReason);
  if (!isError(thrown)) return reason;
  const at = placeIn(thrown);
  return `${nameOf(thrown)}: ${reason}${at === undefined ? '' : ` (${at})`}`;
}

/** The stack of what was thrown as it is shown, which is not longer than anybody reads. */
export function shownStack(thrown: unknown): string {
  return shortened(stackOf(thrown), longestStack);
}

/** File, line and column of the first frame of an error's stack that is in a file: `payments.ts:12:5`. */
export function placeIn(thrown: Error): string | undefined {
  const lines = stackOf(thrown).slice(-longestStack);
  const found = /(?:^|[\s(])(file:\/\/\/?[^\s()]+|\/[^\s():]+):(\d+):(\d+)\)?\s*$/m.exec(lines);
  if (found === null) return undefined;
  const [, file = '', line, column] = found;
  return `${shownPath(file.startsWith('file:') ? fileURLToPath(file) : file, process.cwd())}:${line}:${column}`;
}

function nameOf(thrown: Error): string {
  try {
    return shortened(String(thrown.name), longestReason);
  } catch {
    return 'Error';
  }
}

function shortened(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
