import type { Transferable } from 'node:worker_threads';
import type { PeerPart, PoolContext, PoolPart, RuntimeInterface, WorkerPeer } from '../interface.ts';
import type { InterfaceSetup } from '../ipc/protocol.ts';

/** The interfaces of a host, beside its workers. */
export class InterfacePools {
  readonly #parts: ReadonlyMap<string, PoolPart>;

  /**
   * @param interfaces all that a component of the host may import, now or after it was replaced
   * @param host gives each interface what it finds on the main thread
   */
  constructor(interfaces: readonly RuntimeInterface[], host: (name: string) => PoolContext) {
    this.#parts = new Map(
      interfaces.flatMap((one) => {
        const part = one.startPool?.(host(one.name));
        return part === undefined ? [] : [[one.name, part]];
      }),
    );
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
        Object.keys(configs).flatMap((name) => {
          const opened = this.#parts.get(name)?.open?.(peer(name));
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
