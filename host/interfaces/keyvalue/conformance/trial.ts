import { randomBytes } from 'node:crypto';
import { reasonOf } from '../../../shared/host-error.ts';
import type { Backend, Bucket, CounterType } from '../backends/backend.ts';
import type { Capabilities } from '../backends/definition.ts';
import type { KeySettings } from '../backends/uniform-backend.ts';
import type { Feature } from './feature.ts';
import { LocalPeer, type Peer } from './peer.ts';
import { PeerProcess } from './peer-process.ts';
import type { MovableClock, Subject } from './subject.ts';

/** A name that begins the buckets of one run, unlike that of any other run. */
export function freshPrefix(): string {
  return `conformance-${randomBytes(4).toString('hex')}`;
}

/** What cases work with: a store, one host of it, and buckets that no other case uses. */
export class Trial implements AsyncDisposable {
  readonly #subject: Subject;
  readonly #prefix: string;
  /** Every bucket whose name was given out or opened. */
  readonly #names = new Set<string>();
  #backend: Backend<KeySettings>;
  #count = 0;

  private constructor(subject: Subject, backend: Backend<KeySettings>, prefix: string) {
    this.#subject = subject;
    this.#backend = backend;
    this.#prefix = prefix;
  }

  /** @param prefix what the names of its buckets begin with */
  static async begin(subject: Subject, prefix = freshPrefix()): Promise<Trial> {
    return new Trial(subject, await subject.connect(), prefix);
  }

  get capabilities(): Capabilities {
    return this.#subject.capabilities;
  }

  get clock(): MovableClock {
    return this.#subject.clock;
  }

  /** What the driver lacks. */
  get lacks(): readonly Feature[] {
    return this.#subject.lacks ?? [];
  }

  /** The type of counter that can be asked for. */
  get counter(): CounterType {
    return this.lacks.includes('s64') ? 'u64' : 's64';
  }

  freshName(): string {
    this.#count += 1;
    const name = `${this.#prefix}-${this.#count}`;
    this.#names.add(name);
    return name;
  }

  async freshBucket(settings: KeySettings = {}): Promise<Bucket> {
    return await this.open(this.freshName(), settings);
  }

  async open(name: string, settings: KeySettings = {}): Promise<Bucket> {
    if (name.startsWith(this.#prefix)) this.#names.add(name);
    return await this.#backend.open(name, settings);
  }

  /** A further host in this process. */
  async otherHost(): Promise<Backend<KeySettings> & AsyncDisposable> {
    const backend = await this.#subject.connect();
    return {
      open: (name, settings) => backend.open(name, settings),
      close: () => backend.close(),
      [Symbol.asyncDispose]: async () => await backend.close(),
    };
  }

  /** This host, with clients. */
  get peer(): Peer {
    return new LocalPeer(this.#backend);
  }

  /** A further host with clients, in a process of its own where that can be. */
  async otherPeer(): Promise<Peer> {
    const { settings } = this.#subject;
    return settings === undefined
      ? new LocalPeer(await this.#subject.connect())
      : await PeerProcess.start(settings);
  }

  /** Ends the host and starts another. */
  async restart(): Promise<void> {
    await this.#backend.close();
    this.#backend = await this.#subject.connect();
  }

  /** Removes every bucket that was opened; answers why some may still be there. */
  async removeBuckets(): Promise<string[]> {
    const failures: string[] = [];
    for (const name of this.#names) {
      try {
        await this.#backend.removeBucket?.(name);
      } catch (error) {
        failures.push(`bucket '${name}': ${reasonOf(error)}`);
      }
    }
    return failures;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#backend.close();
  }
}
