import { stat } from 'node:fs/promises';

/** How often in a row a file may start a build that was written during the build before. */
const mostRounds = 3;

/**
 * Notices files that a build writes with other contents each time: they would start the next build for ever. Somebody may
 * save a file while a build goes on, so a few times are let pass.
 */
export class OwnWrites {
  readonly #rounds = new Map<string, number>();
  readonly #onLoop: (path: string) => void;
  #began = 0;
  #ended = 0;

  /** @param onLoop told once of each file that starts no build any more when the build writes it */
  constructor(onLoop: (path: string) => void) {
    this.#onLoop = onLoop;
  }

  /** A build begins; answers what is to be called at its end. */
  begin(): () => void {
    this.#began = Date.now();
    return () => {
      this.#ended = Date.now();
    };
  }

  /** The files that are to start a build, of those that have changed. */
  async without(changed: readonly string[]): Promise<string[]> {
    const starting: string[] = [];
    for (const path of changed) {
      const written = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
      const isOwn = written >= this.#began && written <= this.#ended;
      const rounds = isOwn ? (this.#rounds.get(path) ?? 0) + 1 : 0;
      this.#rounds.set(path, rounds);
      if (rounds <= mostRounds) starting.push(path);
      else if (rounds === mostRounds + 1) this.#onLoop(path);
    }
    return starting;
  }
}
