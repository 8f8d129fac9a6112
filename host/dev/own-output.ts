import { openPlainFile } from '../shared/plain-file.ts';
import type { FileIdentity, PrintedOutput } from '../terminal/printed-output.ts';

/** How much of the end of a file is searched, in bytes. */
const searched = 64 * 1024;
/** Two lines in a row that are shorter together may be anybody's, in bytes. */
const shortestPair = 24;

/** Tells the files that hold what this program prints: they change with each build and each request, and are no sources. */
export class OwnOutput {
  readonly #outputs: readonly PrintedOutput[];
  readonly #files: readonly FileIdentity[];
  readonly #found = new Set<string>();

  constructor(outputs: readonly PrintedOutput[]) {
    this.#outputs = outputs;
    this.#files = outputs.flatMap(({ file }) => file ?? []);
    for (const output of outputs) output.remember();
  }

  /** Whether an output goes to this file, as the shell has arranged it. */
  isFile({ dev, ino }: FileIdentity): boolean {
    return this.#files.some((file) => file.ino === ino && file.dev === dev);
  }

  /** Whether somebody writes down what comes through a pipe or a terminal: `kvasi dev | tee kvasi.log`, `script`. */
  async isCopy(path: string): Promise<boolean> {
    if (this.#found.has(path)) return true;
    // What is printed from now on may not be in the file yet.
    const printed = this.#outputs.map((output) => output.recentLines().map(asBytes));
    if (printed.every(({ length }) => length < 2)) return false;
    const lines = (await endOf(path)).split('\n');
    const isCopy = printed.some((own) => own.some((line, index) => hasPair(lines, line, own[index + 1])));
    if (isCopy) this.#found.add(path);
    return isCopy;
  }
}

/** Whether two lines are there, the second one anywhere after the first, each with whatever a filter puts around it. */
function hasPair(lines: readonly string[], first: string, second: string | undefined): boolean {
  if (second === undefined || first.length + second.length < shortestPair) return false;
  if (first === '' || second === '') return false;
  const start = lines.findIndex((line) => line.includes(first));
  return start >= 0 && lines.slice(start + 1).some((line) => line.includes(second));
}

/** As the bytes of a file are read here, each of them a character. */
function asBytes(line: string): string {
  return Buffer.from(line).toString('latin1');
}

async function endOf(path: string): Promise<string> {
  try {
    await using file = await openPlainFile(path);
    const { size } = await file.stat();
    const length = Math.min(size, searched);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('latin1', 0, bytesRead);
  } catch {
    return '';
  }
}
