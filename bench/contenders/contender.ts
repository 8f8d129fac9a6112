import type { GuestName } from '../guests/guests.ts';
import type { Command } from '../running-process.ts';

/** What a contender is to serve. */
export interface Setup {
  readonly port: number;
  /** Those that run no components do what it would do. */
  readonly component: ComponentName;
  /** Where it lies. */
  readonly file: string;
  /** Where the values are kept; without it, in memory. */
  readonly redisUrl?: string;
  /** The same for another store, as `--backend` takes it. */
  readonly backend?: string;
  /** A folder of this run, for caches and projects. */
  readonly scratch: string;
}

/** One of `components/`, or a guest that the run has built. */
export type ComponentName =
  | 'hello'
  /** `hello` with 5 MiB of static data. */
  | 'hello-assets'
  | 'bench'
  | 'misbehave'
  | 'forward'
  | 'storefront-alone'
  /** `storefront` and `pricing` in one. */
  | 'storefront-composed'
  | 'blob-probe'
  | 'messenger'
  | 'hello-async'
  | 'http-kv-async'
  | GuestName;

/** One of the servers that are compared. */
export interface Contender {
  readonly name: string;
  /** What of it is installed here, in the words of the table; undefined if nothing is. */
  version(): Promise<string | undefined>;
  /** Whether it can do this at all. */
  supports(setup: Pick<Setup, 'component' | 'redisUrl'>): boolean;
  command(setup: Setup): Promise<Command>;
}

/** The value that every contender has under this key from its start. */
export const storedKey = 'mykey';
export const storedValue = 'myvalue';
