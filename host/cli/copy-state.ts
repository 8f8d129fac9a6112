import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';

const schema = v.object({ from: v.string(), to: v.string(), cursor: v.string(), copied: v.number() });
type Position = Pick<v.InferOutput<typeof schema>, 'cursor' | 'copied'>;

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
    const text = await readFile(this.#path, 'utf8').catch(() => '{}');
    const state = v.safeParse(schema, JSON.parse(text));
    const isOurs = state.success && state.output.from === this.#from && state.output.to === this.#to;
    return isOurs ? state.output : undefined;
  }

  /** In place at once, so that a copy that is killed leaves the one before or this one. */
  async write(position: Position): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    await writeFile(`${this.#path}.new`, JSON.stringify({ from: this.#from, to: this.#to, ...position }));
    await rename(`${this.#path}.new`, this.#path);
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}
