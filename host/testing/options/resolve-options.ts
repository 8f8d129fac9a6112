import { ownSettings } from '../../composition/options/own-settings.ts';
import { withFile } from '../../composition/options/with-file.ts';
import type { Settings } from '../../composition/settings.ts';
import { blobsOfTest } from '../stores/blob-data.ts';
import { type HostData, ownData } from '../stores/host-data.ts';
import type { CheckedOptions } from './check-options.ts';
import { storesOfTest } from './stores-of-test.ts';

/** What the options come to. */
export interface ResolvedOptions {
  readonly settings: Settings & { readonly component: string };
  /** To be removed when it is not needed any more. */
  readonly data: HostData;
}

/** Puts together what the options say and what their configuration file says. Rejects with a `HostError` that names what is wrong. */
export async function resolveOptions(options: CheckedOptions): Promise<ResolvedOptions> {
  const { keyvalue = {}, blobstore, ownsData = false } = options;
  const { clock: _clock, ownsData: _, seed: _seed, ...common } = options;
  const { own, file } = await ownSettings(common, 'startHost');
  const hasPath = keysOf(blobstore)?.has('path') === true;
  const ofBlobs = { blobs: own.blobstore, hasPath };
  const data = ownData(own.keyvalue, (name) => keysOf(keyvalue[name]), ownsData, ofBlobs);
  const hasLabels = options.hostInterfaces != null;
  const stores = file === undefined ? data.keyvalue : storesOfTest(file, data.keyvalue, keyvalue, hasLabels);
  // Without a file the rules of the test say alone what becomes of a request that the component sends.
  const allowedHosts = options.allowedHosts == null ? ('all' as const) : own.allowedHosts;
  const settings =
    file === undefined
      ? { ...own, keyvalue: stores, allowedHosts }
      : withFile(file.settings, own, common, stores);
  const blobs =
    file === undefined || hasLabels ? data.blobs : blobsOfTest(data.blobs, file.settings.blobstore);
  // What tests do is told to nobody.
  return { settings: { ...settings, blobstore: blobs, telemetry: undefined }, data };
}

/** The keys that say something. */
function keysOf(rule: unknown): ReadonlySet<string> | undefined {
  if (typeof rule !== 'object' || rule === null) return undefined;
  return new Set(Object.entries(rule).flatMap(([key, value]) => (value == null ? [] : [key])));
}
