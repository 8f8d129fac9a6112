import { readFile } from 'node:fs/promises';

/** Why kvasi does something else than `wasmtime serve`, and the conversations in which it shows. */
export interface AcceptedDifference {
  readonly reason: string;
  readonly cases: readonly string[];
  /** Whether wasmtime does now one thing, now the other, so that the difference does not always show. */
  readonly varies?: boolean;
}

export const acceptedDifferences: readonly AcceptedDifference[] = JSON.parse(
  await readFile(new URL('accepted-differences.json', import.meta.url), 'utf8'),
);
