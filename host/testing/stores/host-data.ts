import { join } from 'node:path';
import { type BlobStores, inMemoryBlobs } from '../../interfaces/blobstore/configuration/blob-settings.ts';
import { freshTestName, isTestName } from '../../interfaces/keyvalue/backends/test-names.ts';
import type { BackendSettings } from '../../interfaces/keyvalue/configuration/backend-settings.ts';
import type {
  IdentifierRule,
  KeyvalueSettings,
} from '../../interfaces/keyvalue/configuration/store-rules.ts';
import { formatRule } from '../../interfaces/keyvalue/configuration/store-rules.ts';
import { HostError } from '../../shared/host-error.ts';
import { addressOf } from '../../shared/labelled-name.ts';
import { ownBlobs } from './blob-data.ts';
import { isTemporary, TemporaryFolder } from './temporary-folder.ts';

/** Which keys a rule of the options has; undefined where there is no such rule. */
export type KeysOf = (identifier: string) => ReadonlySet<string> | undefined;

/** Where the buckets of a host are, and whether they may be emptied. */
export class HostData {
  readonly keyvalue: KeyvalueSettings;
  readonly blobs: BlobStores;
  /** The stores with data that somebody may want to keep, for people. */
  readonly #foreign: readonly string[];
  readonly #folder: TemporaryFolder | undefined;

  constructor(
    keyvalue: KeyvalueSettings,
    foreign: readonly string[] = [],
    folder: TemporaryFolder | undefined = undefined,
    blobs: BlobStores = inMemoryBlobs,
  ) {
    this.blobs = blobs;
    this.keyvalue = keyvalue;
    this.#foreign = foreign;
    this.#folder = folder;
  }

  get isOwn(): boolean {
    return this.#foreign.length === 0;
  }

  /** Throws a `HostError` where buckets may not be emptied. @param act what would do that */
  requireOwn(act: string): void {
    if (this.isOwn) return;
    throw new HostError(
      'usage',
      `${act} would empty data that the options name: ${this.#foreign.join(', ')}. Leave path and prefix out for data of this host alone, or start it with ownsData: true where the test may empty these.`,
    );
  }

  /** Removes the host's own files. */
  async remove(): Promise<void> {
    await this.#folder?.[Symbol.asyncDispose]();
  }
}

/**
 * Gives a host stores of its own where the options name none: a file or folder that is removed with it where there is no `path`, and
 * in a store that others use too, buckets of its own where there is no `prefix`.
 *
 * @param ownsData whether the host may empty what the options name
 * @param blobs where blobs are, and whether the options name a path for them
 */
export function ownData(
  keyvalue: KeyvalueSettings,
  keysOf: KeysOf,
  ownsData: boolean,
  { blobs, hasPath }: { readonly blobs: BlobStores; readonly hasPath: boolean },
): HostData {
  const folder = new Lazy(() => new TemporaryFolder('host'));
  const namespace = new Lazy(() => freshTestName('-'));
  const foreign = new Set<string>();
  const place = (identifier: string, rule: BackendSettings): BackendSettings => {
    if (rule.kind === 'in_memory') return rule;
    const names = keysOf(identifier);
    if (rule.kind === 'sqlite' || rule.kind === 'filesystem') {
      if (names?.has('path') !== true) {
        return { ...rule, path: join(folder.value.path, rule.kind === 'sqlite' ? 'kv.db' : 'files') };
      }
      if (!isTemporary(rule.path)) foreign.add(formatRule(rule));
    } else {
      if (names?.has('prefix') !== true) return { ...rule, namespace: namespace.value };
      if (!isTestName(rule.prefix ?? '')) foreign.add(formatRule(rule));
    }
    return rule;
  };
  // What was one rule is one afterwards.
  const places = new Map<BackendSettings, BackendSettings>();
  const placeOnce = (identifier: string, rule: BackendSettings): BackendSettings => {
    const placed = places.get(rule) ?? place(identifier, rule);
    places.set(rule, placed);
    return placed;
  };
  const owned = (identifier: string, rule: IdentifierRule): IdentifierRule =>
    typeof rule === 'string' ? rule : placeOnce(identifier, rule);
  const labelled = (label: string, rule: BackendSettings): BackendSettings => {
    // Entries of labels always say where their store is.
    if (rule.kind === 'in_memory') return rule;
    const isServer = rule.kind !== 'sqlite' && rule.kind !== 'filesystem';
    if (isServer && rule.prefix === undefined)
      return { ...rule, namespace: namespace.value + addressOf(label, '') };
    if (isServer ? !isTestName(rule.prefix ?? '') : !isTemporary(rule.path)) foreign.add(formatRule(rule));
    return rule;
  };
  const { labels } = keyvalue;
  const replaced: KeyvalueSettings = {
    default: placeOnce('default', keyvalue.default),
    named: new Map([...keyvalue.named].map(([name, rule]) => [name, owned(name, rule)])),
    others: owned('*', keyvalue.others),
    labels: labels && new Map([...labels].map(([label, rule]) => [label, labelled(label, rule)])),
  };
  const ofBlobs = ownBlobs(blobs, hasPath, () => folder.value.path);
  for (const store of ofBlobs.foreign) foreign.add(store);
  return new HostData(replaced, ownsData ? [] : [...foreign], folder.made, ofBlobs.blobs);
}

class Lazy<T> {
  readonly #make: () => T;
  made: T | undefined;

  constructor(make: () => T) {
    this.#make = make;
  }

  get value(): T {
    this.made ??= this.#make();
    return this.made;
  }
}
