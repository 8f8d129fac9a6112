import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { BlobErrorCase } from '../backends/backend.ts';
import { type BlobDriver, Refusal } from './driver.ts';

/** What cases work with: a way to ask a store, and containers that no other case uses. */
export class BlobTrial {
  readonly driver: BlobDriver;
  readonly #prefix = `conformance-${randomBytes(4).toString('hex')}`;
  readonly #names: string[] = [];

  constructor(driver: BlobDriver) {
    this.driver = driver;
  }

  /** A name of a container that is not there. @param ending of the name */
  freshName(ending = ''): string {
    const name = `${this.#prefix}-${this.#names.length + 1}${ending}`;
    this.#names.push(name);
    return name;
  }

  /** A container that is empty. */
  async container(ending = ''): Promise<string> {
    const name = this.freshName(ending);
    await this.driver.createContainer(name);
    return name;
  }

  async removeContainers(): Promise<void> {
    for (const name of this.#names) {
      if (await this.driver.containerExists(name)) await this.driver.deleteContainer(name);
    }
  }
}

/** One thing that every backend does alike. */
export interface BlobCase {
  /** What whoever stores something notices. */
  readonly name: string;
  /** It takes long and asks the store alone, so that it need not be run through components. */
  readonly isLong?: true;
  /** Throws when the backend does otherwise. */
  run(trial: BlobTrial): Promise<void>;
}

/** What a text tells of a case, where there is only a text. */
const texts: Readonly<Partial<Record<BlobErrorCase, RegExp>>> = {
  'no-such-container': /there is no container/,
  'container-already-exists': /there is a container .* already/,
  'no-such-object': /there is no object/,
};

/** Throws unless an action is refused like that. @param text what the reason tells; where only cases are known, it is not looked for */
export async function assertRefused(
  action: () => Promise<unknown>,
  errorCase: BlobErrorCase,
  text = texts[errorCase],
): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.case !== undefined) assert.equal(error.case, errorCase);
    if (text !== undefined && error.message !== errorCase) assert.match(error.message, text);
    return;
  }
  assert.fail(`it was not refused as ${errorCase}`);
}

export const bytes = (text: string): Uint8Array => Buffer.from(text);

/** Bytes that differ at every place of a few MiB. @param seed other ones for each */
export function pattern(size: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let at = 0; at < words.length; at += 1) words[at] = Math.imul(at + seed, 2_654_435_761);
  return new Uint8Array(words.buffer, 0, size);
}

/** Throws unless both are the same; says where they differ. */
export function assertSame(given: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(given, expected) === 0) return;
  const at = given.findIndex((byte, index) => byte !== expected[index]);
  assert.fail(`${given.length} bytes in place of ${expected.length}; the first that differs is ${at}`);
}
