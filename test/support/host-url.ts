const host = new URL('../../host/', import.meta.url);

/** What tests start or import by its file, by its path below `host/`. */
export const entries = [
  'cli/main',
  'index',
  'testing',
  'testing/runners/vitest-watch',
  'vitest',
  'vitest-plugin',
  'composition/worker/worker-entry',
  'component/start-thread',
] as const;
export type HostEntry = (typeof entries)[number];

/** The variable that tells the tests, and what they start, where the bundle is, as the URL of a folder. */
export const bundleVariable = 'KVASI_TEST_BUNDLE';

/** Where something is to be started or imported: the sources, unless a run of the tests has bundled them. */
export function hostUrl(entry: HostEntry): URL {
  const bundle = process.env[bundleVariable];
  return bundle === undefined ? new URL(`${entry}.ts`, host) : new URL(`${entry}.mjs`, bundle);
}
