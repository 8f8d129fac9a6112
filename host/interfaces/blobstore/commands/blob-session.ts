import type { Flags, ResolvedSettings } from '../../../composition/settings.ts';
import { askedHost } from '../../../inspector/client/asked-host.ts';
import type { DevNote } from '../../../inspector/client/dev-note.ts';
import { redactUrls } from '../../../settings/redact.ts';
import { HostError } from '../../../shared/host-error.ts';
import type { CommandContext } from '../../../terminal/command-context.ts';
import { BlobError } from '../backends/backend.ts';
import { type BlobStores, formatBlobs, parseBlobs } from '../configuration/blob-settings.ts';
import { blobTimeout, ThreadBlobs } from '../thread-blobs.ts';
import { type BlobStore, LocalBlobs } from './blob-store.ts';
import { RemoteBlobs } from './remote-blobs.ts';

/** What the commands of `kvasi blob` share: the settings, and the running `kvasi dev` if there is one. */
export class BlobSession {
  readonly context: CommandContext;
  readonly #resolved: ResolvedSettings;
  readonly #host: DevNote | undefined;

  private constructor(context: CommandContext, resolved: ResolvedSettings, host: DevNote | undefined) {
    this.context = context;
    this.#resolved = resolved;
    this.#host = host;
  }

  /** With `--blobs` the store is opened here, whatever runs. */
  static async start(flags: Flags, context: CommandContext): Promise<BlobSession> {
    const { resolved, host } = await askedHost(flags, context, '--blobs', flags.blobs);
    return new BlobSession(context, resolved, host);
  }

  /** The store of the project. */
  async open(): Promise<BlobStore> {
    if (this.#host !== undefined) return await RemoteBlobs.open(this.#host);
    const { blobstore, directory } = this.#resolved.settings;
    const stores = [blobstore, ...(blobstore.labels?.values() ?? [])];
    if (stores.every(({ kind }) => kind === 'in_memory')) {
      throw new HostError(
        'backend',
        `blobs are kept in the memory of kvasi dev, and none runs in ${directory} (or it runs with --no-inspector). Start it there, or name a store with --blobs.`,
      );
    }
    return await this.#openHere(blobstore);
  }

  /** A store that is named as for `--blobs`. */
  async openIn(backend: string): Promise<BlobStore> {
    const parsed = parseBlobs(backend, this.context.cwd, {});
    if ('value' in parsed && parsed.value.kind !== 'in_memory') return await this.#openHere(parsed.value);
    const expected = 'expected' in parsed ? parsed.expected : 'a store that keeps what is copied';
    const given = JSON.stringify(redactUrls(backend));
    throw new HostError('usage', `--to is ${given}. Expected ${expected}.`);
  }

  async #openHere(settings: BlobStores): Promise<BlobStore> {
    const blobs = new ThreadBlobs(settings, undefined, {
      now: Date.now,
      operationTimeout: blobTimeout,
      tell: (text) => this.context.stderr.problem(`warning: ${text}`),
    });
    try {
      const store = await blobs.store();
      return new LocalBlobs(`blobs in ${formatBlobs(settings)}`, store, () => blobs.close());
    } catch (error) {
      await blobs.close();
      throw error;
    }
  }
}

/** Runs a command of `kvasi blob`; what a store says is an error for people. */
export async function withBlobs(
  flags: Flags,
  context: CommandContext,
  act: (session: BlobSession) => Promise<void>,
): Promise<void> {
  try {
    await act(await BlobSession.start(flags, context));
  } catch (error) {
    if (!(error instanceof BlobError)) throw error;
    throw new HostError('backend', error.message, { cause: error });
  }
}
