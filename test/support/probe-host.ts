import assert from 'node:assert/strict';
import {
  type Backend,
  type Bucket,
  StoreError,
  type StoreErrorCase,
} from '../../host/interfaces/keyvalue/backends/backend.ts';
import { type MovableClock, movableClock } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { type KeyvalueRule, startHost, type TestHost } from '../../host/testing.ts';
import { component } from './kvasi-process.ts';

export type Dialect = 'draft' | 'draft2' | 'wasmcloud';

/** What kv-probe answers. */
type Answer =
  | { readonly ok: unknown }
  | { readonly error: { readonly case: string; readonly message?: string } };

/** Calls an operation of kv-probe and answers its result as it is. */
export async function callProbe(
  host: Pick<TestHost, 'fetch'>,
  operation: string,
  fields: object,
): Promise<unknown> {
  const response = await host.fetch(`/${operation}`, { method: 'POST', body: JSON.stringify(fields) });
  assert.equal(response.status, 200, 'kv-probe takes the request');
  return await response.json();
}

/** A host that serves kv-probe. */
export function startProbe(dialect: Dialect, rule: KeyvalueRule): Promise<TestHost> {
  return startHost({
    component:
      dialect === 'wasmcloud'
        ? component('wasi-0.3/kv-probe-async', 'kv-probe-async')
        : component('kv-probe', `kv-probe-${dialect}`),
    keyvalue: { default: rule },
    // A request is ten times as fast, and there are thousands.
    instances: 'reuse',
  });
}

/** A clock that moves those of the hosts that are there, and that hosts are started at. */
export class ProbeClock implements MovableClock {
  readonly #clock = movableClock();
  readonly hosts = new Set<TestHost>();
  #ahead = 0;

  now(): number {
    return this.#clock.now();
  }

  isMoved(): boolean {
    return this.#clock.isMoved();
  }

  advance(milliseconds: number): void {
    this.#ahead += milliseconds;
    this.#clock.advance(milliseconds);
    for (const host of this.hosts) host.clock.advance(milliseconds);
  }

  join(host: TestHost): void {
    if (this.#ahead > 0) host.clock.advance(this.#ahead);
    this.hosts.add(host);
  }
}

/** A host that serves kv-probe, as the cases of the suite see a host. It is started when it is first needed. */
export class ProbeHost implements Backend {
  readonly #dialect: Dialect;
  readonly #rule: KeyvalueRule;
  readonly #clock: ProbeClock;
  #host: Promise<TestHost> | undefined;

  /** @param rule where its buckets are */
  constructor(dialect: Dialect, rule: KeyvalueRule, clock: ProbeClock) {
    this.#dialect = dialect;
    this.#rule = rule;
    this.#clock = clock;
  }

  async open(name: string): Promise<Bucket> {
    this.#host ??= startProbe(this.#dialect, this.#rule).then((host) => {
      this.#clock.join(host);
      return host;
    });
    const bucket = new ProbeBucket(await this.#host, this.#dialect, name);
    await bucket.open();
    return bucket;
  }

  async close(): Promise<void> {
    const host = await this.#host;
    this.#host = undefined;
    if (host !== undefined) this.#clock.hosts.delete(host);
    await host?.close();
  }
}

/** A bucket behind a component and JSON. */
class ProbeBucket implements Bucket {
  readonly #host: TestHost;
  readonly #dialect: Dialect;
  readonly #name: string;

  constructor(host: TestHost, dialect: Dialect, name: string) {
    this.#host = host;
    this.#dialect = dialect;
    this.#name = name;
  }

  async open(): Promise<void> {
    await this.#call('open', {});
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return decoded(await this.#call('get', { key }));
  }

  async set(key: string, value: Uint8Array, ttl?: number): Promise<void> {
    await this.#call('set', {
      key,
      value: encoded(value),
      ...(ttl === undefined ? {} : { 'ttl-ms': ttl }),
    });
  }

  async delete(key: string): Promise<void> {
    await this.#call('delete', { key });
  }

  async exists(key: string): Promise<boolean> {
    return (await this.#call('exists', { key })) as boolean;
  }

  async listKeys(cursor: string | undefined, prefix?: string) {
    const page = await this.#call('list-keys', {
      ...(cursor === undefined ? {} : { cursor }),
      // Older interfaces have none.
      ...(this.#dialect === 'wasmcloud' && prefix !== undefined ? { prefix } : {}),
    });
    const { keys, cursor: next } = page as { keys: string[]; cursor: string | null };
    return { keys, cursor: next ?? undefined };
  }

  async increment(key: string, delta: bigint): Promise<bigint> {
    return BigInt((await this.#call('increment', { key, delta: String(delta) })) as string);
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    const entries = (await this.#call('get-many', { keys })) as ([key: string, value: string] | null)[];
    return entries.map((entry, index) => {
      if (entry !== null) assert.equal(entry[0], keys[index], 'a value comes with its key');
      return decoded(entry?.[1] ?? null);
    });
  }

  async setMany(pairs: readonly (readonly [key: string, value: Uint8Array])[]): Promise<void> {
    await this.#call('set-many', { entries: pairs.map(([key, value]) => [key, encoded(value)]) });
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await this.#call('delete-many', { keys });
  }

  /** The handle of a compare-and-swap ends with the request of the component. */
  getVersioned(): never {
    throw new Error('no version outlives a request');
  }

  setIfVersion(): never {
    throw new Error('no version outlives a request');
  }

  async #call(operation: string, fields: object): Promise<unknown> {
    const answer = (await callProbe(this.#host, operation, { bucket: this.#name, ...fields })) as Answer;
    if ('ok' in answer) return answer.ok;
    throw new StoreError(answer.error.case as StoreErrorCase, answer.error.message ?? answer.error.case);
  }
}

function encoded(value: Uint8Array): string {
  return Buffer.from(value).toString('base64');
}

function decoded(answer: unknown): Uint8Array | undefined {
  return answer === null ? undefined : Buffer.from(String(answer), 'base64');
}
