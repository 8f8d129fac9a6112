import { toJson } from '../entries/json-lines.ts';

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
