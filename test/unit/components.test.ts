import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { builds, wasmPath } from '../../components/catalog.ts';
import { type Hashes, hashesFile, sourceHash, wasmHash } from '../../components/source-hash.ts';

const recorded: Record<string, Hashes> = JSON.parse(await readFile(hashesFile, 'utf8'));

test('hashes.json names the components of the catalog', () => {
  expect(Object.keys(recorded)).toEqual(builds.map(wasmPath));
});

test.each(builds.map((build) => [build.name, build] as const))(
  '%s.wasm comes from its sources',
  async (_, build) => {
    const hashes = recorded[wasmPath(build)];
    const wasm = await readFile(join(import.meta.dirname, '../../components', wasmPath(build)));
    expect(await sourceHash(build), 'the sources have changed: run npm run components').toBe(hashes?.sources);
    expect(wasmHash(wasm), 'the .wasm is not the one recorded: run npm run components').toBe(hashes?.wasm);
  },
);

test('the README has every component', async () => {
  const readme = await readFile(join(import.meta.dirname, '../../components/README.md'), 'utf8');
  for (const build of builds) expect(readme).toContain(`| [${build.crate}](${dirname(wasmPath(build))}) `);
});
