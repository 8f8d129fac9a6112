import type { FaultSettings } from './read-fault.ts';

/** What a scenario is run on; a `TestHost` is one. */
export interface Stage {
  fetch(path: string, init: RequestInit): Promise<Response>;
  bucket(identifier: string): {
    set(key: string, value: Uint8Array): Promise<void>;
    delete(key: string): Promise<void>;
    entries(): Promise<Iterable<readonly [string, Uint8Array]>>;
  };
  readonly clock: { advance(milliseconds: number): Promise<void> | void };
  readonly faults?: { add(fault: FaultSettings): unknown; clear(): void };
  /** What the component has done with its buckets; openings only where they failed. */
  operations(): readonly {
    readonly op: string;
    readonly bucket: string;
    readonly key?: string | undefined;
  }[];
  /** What all buckets hold. */
  snapshot(): Promise<{ toString(): string }>;
}
