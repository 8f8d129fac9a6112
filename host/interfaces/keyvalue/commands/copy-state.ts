import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { HostError, reasonOf } from '../../../shared/host-error.ts';
import { readPlainFile } from '../../../shared/plain-file.ts';

const schema = v.object({ from: v.string(), to: v.string(), cursor: v.string(), copied: v.number() });
/** Where a copy has stopped, and how many keys it had copied by then. */
export type Position = Pick<v.InferOutput<typeof schema>, 'cursor' | 'copied'>;

/** How far a copy has come, kept in the project so that it can be taken up again. */
export class CopyState {
  readonly #path: string;
  readonly #from: string;
  readonly #to: string;

  constructor(directory: string, from: string, to: string) {
    const name = createHash('sha256')
      .update(JSON.stringify([from, to]))
      .digest('hex')
      .slice(0, 16);
    this.#path = join(directory, '.kvasi', 'copy', `${name}.json`);
    this.#from = from;
    this.#to = to;
  }

  /** Where the last attempt stopped; undefined when there was none, or it came to its end. */
  async read(): Promise<Position | undefined> {
    const text = await readPlainFile(this.#path).catch(() => '{}');
    const state = v.safeParse(schema, parsed(String(text)));
    const isOurs = state.success && state.output.from === this.#from && state.output.to === this.#to;
    return isOurs ? state.output : undefined;
  }

  /** In place at once, so that a copy that is killed leaves the one before or this one. */
  async write(position: Position): Promise<void> {
    const text = JSON.stringify({ from: this.#from, to: this.#to, ...position });
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeFile(`${this.#path}.new`, text);
      await rename(`${this.#path}.new`, this.#path);
    } catch (cause) {
      const message = `how far the copy is can't be kept in ${dirname(this.#path)}: ${reasonOf(cause)}`;
      throw new HostError('usage', message, { cause });
    }
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}

/** Nothing for a file that was cut off. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
