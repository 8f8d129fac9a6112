import type { Transferable } from 'node:worker_threads';
import type { PeerPart, PoolContext, PoolPart, RuntimeInterface, WorkerPeer } from '../interface.ts';
import type { InterfaceSetup } from '../ipc/protocol.ts';

/** Sends a message to an interface on workers. */
type Tell = (name: string, message: unknown) => void;

/** The interfaces of a host, beside its workers. What of the host runs on workers of its own has them in common. */
export class InterfacePools {
  readonly #parts: ReadonlyMap<string, PoolPart>;
  readonly #tells = new Set<Tell>();
  #generation = 0;

  /**
   * @param interfaces all that a component of the host may import, now or after it was replaced
   * @param now milliseconds since 1970 by the host's clock
   */
  constructor(interfaces: readonly RuntimeInterface[], now: () => number) {
    const contextOf = (name: string): PoolContext => ({
      now,
      post: (message) => {
        for (const tell of this.#tells) tell(name, message);
      },
    });
    this.#parts = new Map(
      interfaces.flatMap((one) => {
        const part = one.startPool?.(contextOf(one.name));
        return part === undefined ? [] : [[one.name, part]];
      }),
    );
  }

  /** Others have workers, too. The answer takes that back. */
  join(tell: Tell): () => void {
    this.#tells.add(tell);
    return () => this.#tells.delete(tell);
  }

  /** Counts the workers of the host from 1. */
  nextGeneration(): number {
    this.#generation += 1;
    return this.#generation;
  }

  /** The part of an interface of this host. */
  get<Pool extends PoolPart>({ name }: RuntimeInterface<never, Pool>): Pool {
    const part = this.#parts.get(name);
    if (part === undefined) throw new TypeError(`${name} has nothing on the main thread`);
    return part as Pool;
  }

  /**
   * Opens the interfaces that a worker is to have.
   *
   * @param configs of each by its name
   * @param peer how an interface reaches its part on the worker
   */
  open(configs: Readonly<Record<string, unknown>>, peer: (name: string) => WorkerPeer): OpenInterfaces {
    return new OpenInterfaces(
      configs,
      new Map(
        Object.entries(configs).flatMap(([name, config]) => {
          const opened = this.#parts.get(name)?.open?.(peer(name), config);
          return opened === undefined ? [] : [[name, opened]];
        }),
      ),
    );
  }

  /** The host closes. */
  close(): void {
    for (const part of this.#parts.values()) part.close?.();
  }
}

/** The interfaces of one worker, as the main thread has them. */
export class OpenInterfaces {
  readonly #configs: Readonly<Record<string, unknown>>;
  readonly #opened: ReadonlyMap<string, PeerPart>;
  readonly #answered: readonly PeerPart[];

  constructor(configs: Readonly<Record<string, unknown>>, opened: ReadonlyMap<string, PeerPart>) {
    this.#configs = configs;
    this.#opened = opened;
    this.#answered = [...opened.values()].filter((part) => part.answered !== undefined);
  }

  /** What the worker starts them with. */
  get setup(): Readonly<Record<string, InterfaceSetup>> {
    const entries = Object.entries(this.#configs);
    return Object.fromEntries(
      entries.map(([name, config]) => [name, { config, shared: this.#opened.get(name)?.shared }]),
    );
  }

  /** What of it is not cloned but handed over. */
  get transfer(): readonly Transferable[] {
    return [...this.#opened.values()].flatMap(({ transfer = [] }) => transfer);
  }

  /** Whether the worker has an interface. */
  has(name: string): boolean {
    return Object.hasOwn(this.#configs, name);
  }

  receive(name: string, message: unknown): void {
    this.#opened.get(name)?.receive?.(message);
  }

  attach(): void {
    for (const part of this.#opened.values()) part.attach?.();
  }

  answered(): void {
    for (const part of this.#answered) part.answered?.();
  }

  detach(): void {
    for (const part of this.#opened.values()) part.detach?.();
  }

  reroute(): void {
    for (const part of this.#opened.values()) part.reroute?.();
  }

  lose(): void {
    for (const part of this.#opened.values()) part.lose?.();
  }

  end(): void {
    for (const part of this.#opened.values()) part.end?.();
  }

  get isAwaited(): boolean {
    return [...this.#opened.values()].some((part) => part.isAwaited?.() === true);
  }
}
