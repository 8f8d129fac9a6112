import type { Flags, ResolvedSettings } from '../../../composition/settings.ts';
import { askedHost } from '../../../inspector/client/asked-host.ts';
import type { DevNote } from '../../../inspector/client/dev-note.ts';
import { redactUrls } from '../../../settings/redact.ts';
import { HostError } from '../../../shared/host-error.ts';
import type { CommandContext } from '../../../terminal/command-context.ts';
import { StoreError } from '../backends/backend.ts';
import { parseBackend } from '../configuration/backend-settings.ts';
import { bucketsHere, bucketsOfHost, type OpenedBucket, openHere, openRemote } from './opened-bucket.ts';
import { storeOf } from './store-files.ts';

/** What the commands of `kvasi kv` share: the settings, and the running `kvasi dev` if there is one. */
export class KvSession {
  readonly context: CommandContext;
  readonly #resolved: ResolvedSettings;
  readonly #host: DevNote | undefined;

  private constructor(context: CommandContext, resolved: ResolvedSettings, host: DevNote | undefined) {
    this.context = context;
    this.#resolved = resolved;
    this.#host = host;
  }

  /** With `--backend` the store is opened here, whatever runs. */
  static async start(flags: Flags, context: CommandContext): Promise<KvSession> {
    const { resolved, host } = await askedHost(flags, context, '--backend', flags.backend);
    return new KvSession(context, resolved, host);
  }

  get directory(): string {
    return this.#resolved.settings.directory;
  }

  async open(bucket: string): Promise<OpenedBucket> {
    if (this.#host !== undefined) return await openRemote(this.#host, bucket);
    const { keyvalue } = this.#resolved.settings;
    return await openHere(keyvalue, bucket, this.directory, (text) => this.#warn(text));
  }

  /** The names of all buckets that there are, in byte order. */
  async buckets(): Promise<readonly string[]> {
    if (this.#host !== undefined) return await bucketsOfHost(this.#host);
    return await bucketsHere(this.#resolved.settings.keyvalue, (text) => this.#warn(text));
  }

  /** A bucket of a backend that is named as for `--backend`; undefined when `backend` names none. */
  async openIn(backend: string, bucket: string): Promise<OpenedBucket | undefined> {
    const parsed = parseBackend(backend, this.context.cwd, {});
    if ('expected' in parsed && (backend === '' || backend.includes('://'))) {
      const given = JSON.stringify(redactUrls(backend));
      throw new HostError('usage', `--to is ${given}. Expected ${parsed.expected}, or a bucket.`);
    }
    // What is in memory has no place of its own: in_memory is the name of a bucket then.
    if ('expected' in parsed || parsed.value.kind === 'in_memory') return undefined;
    const keyvalue = { default: parsed.value, named: new Map(), others: parsed.value };
    return await openHere(keyvalue, bucket, this.directory, (text) => this.#warn(text));
  }

  /** The store of the project that a file is a part of, for people; undefined where it is of none. */
  async storeOf(path: string): Promise<string | undefined> {
    return await storeOf(path, this.#resolved.settings.keyvalue);
  }

  #warn(text: string): void {
    this.context.stderr.problem(`warning: ${text}`);
  }
}

/** Runs a command of `kvasi kv`; what a store says is an error for people. */
export async function withSession(
  flags: Flags,
  context: CommandContext,
  act: (session: KvSession) => Promise<void>,
): Promise<void> {
  try {
    await act(await KvSession.start(flags, context));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new HostError('backend', error.message, { cause: error });
  }
}
