import type { BackendName } from '../config/settings.ts';
import { HostError } from '../host-error.ts';
import { requireChoices } from './check-choices.ts';
import { type OwnBackend, type OwnEntry, startBackend, whyMissing } from './own-backend.ts';

/** A backend that tests run against. */
export interface TestBackend extends AsyncDisposable {
  readonly name: BackendName;
  /**
   * An entry of `keyvalue` for buckets that are empty and that no other entry has: a prefix, folder or file of its own. Starts
   * the server when it is asked for first.
   */
  entry(): Promise<OwnEntry>;
}

/**
 * The backends of these names, with servers of their own on free ports, and folders that are removed with them. One whose server is
 * not installed is left out with a warning; where `CI` is set, it is an error.
 */
export async function backends(...names: readonly BackendName[]): Promise<TestBackend[]> {
  requireChoices('backends', names);
  const found: TestBackend[] = [];
  for (const name of names) {
    const missing = await whyMissing(name);
    if (missing === undefined) found.push(new LazyBackend(name));
    else if (process.env.CI) throw new HostError('backend', `${name} can't be tested against: ${missing}`);
    else process.emitWarning(`${name} is skipped: ${missing}`, 'kvasi');
  }
  return found;
}

class LazyBackend implements TestBackend {
  readonly name: BackendName;
  #started: Promise<OwnBackend> | undefined;

  constructor(name: BackendName) {
    this.name = name;
  }

  async entry(): Promise<OwnEntry> {
    this.#started ??= startBackend(this.name);
    return (await this.#started).entry();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#started)?.[Symbol.asyncDispose]();
  }

  toString(): string {
    return this.name;
  }
}
