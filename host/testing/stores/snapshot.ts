import { toJson } from '../../interfaces/keyvalue/transfer/json-lines.ts';
import type { TestBucket } from './test-bucket.ts';

/** What a snapshot needs of a host. */
interface SnapshotHost {
  identifiers(): Promise<string[]>;
  bucket(identifier: string): Pick<TestBucket, 'entries' | 'set'>;
}

/** What all buckets of a host hold at some time. */
export class Snapshot {
  /** The entries of each bucket, both sorted by name. */
  readonly buckets: ReadonlyMap<string, readonly (readonly [key: string, value: Uint8Array])[]>;

  constructor(buckets: ReadonlyMap<string, readonly (readonly [key: string, value: Uint8Array])[]>) {
    this.buckets = buckets;
  }

  /** The same text for the same contents: a line for each bucket, and one of JSON for each entry. */
  toString(): string {
    const lines: string[] = [];
    for (const [name, entries] of this.buckets) {
      lines.push(`bucket ${JSON.stringify(name)}`);
      for (const [key, value] of entries) lines.push(`  ${toJson({ key, value })}`);
    }
    return lines.join('\n');
  }
}

/** What all buckets of a host hold now. */
export async function takeSnapshot(host: SnapshotHost): Promise<Snapshot> {
  const buckets = new Map<string, [string, Uint8Array][]>();
  for (const identifier of await host.identifiers()) {
    buckets.set(identifier, await host.bucket(identifier).entries());
  }
  return new Snapshot(buckets);
}

/** Stores what a snapshot holds in the buckets of a host. */
export async function storeSnapshot(host: SnapshotHost, { buckets }: Snapshot): Promise<void> {
  for (const [identifier, entries] of buckets) {
    const bucket = host.bucket(identifier);
    for (const [key, value] of entries) await bucket.set(key, value);
  }
}
