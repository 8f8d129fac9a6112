import type { BackendName } from '../../interfaces/keyvalue/configuration/backend-settings.ts';
import { HostError } from '../../shared/host-error.ts';
import { requireChoices } from '../options/check-choices.ts';
import { type OwnBackend, type OwnEntry, SERVED_BACKENDS, startBackend } from '../stores/own-backend.ts';
import { type FoundBackend, findBackend, isUnattended, type ServerPrograms } from './found-backend.ts';

/** A backend by its name, or by the programs of servers: `{ redis: '/opt/redis-8/bin/redis-server' }`. */
export type BackendChoice = BackendName | ServerPrograms;

/** A backend that tests run against. */
export interface TestBackend extends AsyncDisposable {
  readonly name: BackendName;
  /** Why its tests have to be skipped: its server is not installed. Absent where it can be had. */
  readonly missing?: string;
  /** The server, where it has one: `redis-server 7.0.15`. */
  readonly server?: string;
  /**
   * An entry of `keyvalue` for buckets that are empty and that no other entry has: a prefix, folder or file of its own. Starts
   * the server when it is asked for first. Rejects where the backend is missing.
   */
  entry(): Promise<OwnEntry>;
  /** Its name, and its server or why it is missing. */
  toString(): string;
}

/**
 * The backends of these names, with servers of their own on free ports, and folders; neither outlives this thread. The program
 * of a server is the one that is given, else that of `KVASI_REDIS_SERVER`, `KVASI_NATS_SERVER` or `KVASI_POSTGRES_SERVER`, else the one on PATH. A backend whose
 * server is not installed says so in `missing`, for its tests to be skipped; where `CI` is set, it is an error.
 *
 * @throws {HostError} for a name that no backend has, and a program that is no server
 */
export async function backends(...choices: readonly BackendChoice[]): Promise<TestBackend[]> {
  requireChoices('backends()', choices);
  const surroundings = { env: process.env, cwd: process.cwd() };
  const found: TestBackend[] = [];
  for (const [name, program] of choices.flatMap(programsOf)) {
    const given = program === undefined ? undefined : { program, source: `the ${name} server of backends()` };
    const backend = await findBackend(name, given, surroundings);
    if (backend.missing !== undefined && isUnattended(process.env))
      throw new HostError('backend', `${name} can't be tested against: ${backend.missing}`);
    found.push(new LazyBackend(backend));
  }
  return found;
}

/** @param choice one that was checked */
function programsOf(choice: BackendChoice): [name: BackendName, program: string | undefined][] {
  if (typeof choice === 'string') return [[choice, undefined]];
  return SERVED_BACKENDS.flatMap((name) => (choice[name] === undefined ? [] : [[name, choice[name]]]));
}

class LazyBackend implements TestBackend {
  readonly name: BackendName;
  readonly missing?: string;
  readonly server?: string;
  readonly #command: string | undefined;
  #started: Promise<OwnBackend> | undefined;
  #isOver = false;

  constructor({ name, missing, server, command }: FoundBackend) {
    this.name = name;
    if (missing !== undefined) this.missing = missing;
    if (server !== undefined) this.server = server;
    this.#command = command;
  }

  async entry(): Promise<OwnEntry> {
    if (this.missing !== undefined)
      throw new HostError('backend', `there is no ${this.name} to test against: ${this.missing}`);
    if (this.#isOver)
      throw new HostError('usage', `${this.name} has been disposed of; ask backends() again.`);
    this.#started ??= startBackend(this.name, this.#command);
    return (await this.#started).entry();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    // One that could not be started has told whoever asked for it.
    const started = await this.#started?.catch(() => undefined);
    await started?.[Symbol.asyncDispose]();
  }

  toString(): string {
    if (this.missing !== undefined) return `${this.name}: ${this.missing}`;
    return this.server === undefined ? this.name : `${this.name} (${this.server})`;
  }
}
