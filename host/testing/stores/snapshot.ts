import { toJson } from '../../interfaces/keyvalue/transfer/json-lines.ts';
import type { TestBucket } from './test-bucket.ts';
import type { TestContainer } from './test-container.ts';

/** What is stored under names, sorted by them. */
type Stored = ReadonlyMap<string, readonly (readonly [name: string, value: Uint8Array])[]>;

/** What a snapshot needs of a host. */
interface SnapshotHost {
  containers(): Promise<string[]>;
  container(name: string): Pick<TestContainer, 'entries' | 'set' | 'create'>;
  identifiers(): Promise<string[]>;
  bucket(identifier: string): Pick<TestBucket, 'entries' | 'set' | 'timesLeft'>;
}

/** What all buckets and containers of a host hold at some time. */
export class Snapshot {
  /** The entries of each bucket, both sorted by name. */
  readonly buckets: Stored;
  /** The objects of each container, both sorted by name. */
  readonly containers: Stored;

  /** What was left, in milliseconds, to keys that had a time to live of their own; `restore` gives it back to them. */
  readonly ttls: ReadonlyMap<string, ReadonlyMap<string, number>>;

  constructor(buckets: Stored, containers: Stored = new Map(), ttls: Snapshot['ttls'] = new Map()) {
    this.buckets = buckets;
    this.containers = containers;
    this.ttls = ttls;
  }

  /** The same text for the same contents: a line for each bucket or container, and one of JSON for each entry or object. */
  toString(): string {
    const lines: string[] = [];
    for (const [name, entries] of this.buckets) {
      lines.push(`bucket ${JSON.stringify(name)}`);
      for (const [key, value] of entries) lines.push(`  ${toJson({ key, value })}`);
    }
    for (const [name, objects] of this.containers) {
      lines.push(`container ${JSON.stringify(name)}`);
      for (const [key, value] of objects) lines.push(`  ${toJson({ key, value })}`);
    }
    return lines.join('\n');
  }
}

/** What all buckets and containers of a host hold now. */
export async function takeSnapshot(host: SnapshotHost): Promise<Snapshot> {
  const buckets = new Map<string, [string, Uint8Array][]>();
  const ttls = new Map<string, Map<string, number>>();
  for (const identifier of await host.identifiers()) {
    const bucket = host.bucket(identifier);
    const entries = await bucket.entries();
    buckets.set(identifier, entries);
    const left = await bucket.timesLeft(entries.map(([key]) => key));
    const own = entries.flatMap(([key], index): [string, number][] => {
      const ttl = left[index];
      return ttl === undefined ? [] : [[key, ttl]];
    });
    if (own.length > 0) ttls.set(identifier, new Map(own));
  }
  const containers = new Map<string, [string, Uint8Array][]>();
  for (const name of await host.containers()) containers.set(name, await host.container(name).entries());
  return new Snapshot(buckets, containers, ttls);
}

/** Stores what a snapshot holds in the buckets and containers of a host. */
export async function storeSnapshot(
  host: SnapshotHost,
  { buckets, containers, ttls }: Snapshot,
): Promise<void> {
  for (const [identifier, entries] of buckets) {
    const bucket = host.bucket(identifier);
    const own = ttls.get(identifier);
    for (const [key, value] of entries) {
      const ttl = own?.get(key);
      await bucket.set(key, value, ttl === undefined ? {} : { ttl });
    }
  }
  for (const [name, objects] of containers) {
    const container = host.container(name);
    await container.create();
    for (const [object, value] of objects) await container.set(object, value);
  }
}
