import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/kvasi-process.ts';

interface Locked {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Readonly<Record<string, Locked>>;
};

test('the packages of every platform are locked, so that npm ci works on each', () => {
  const missing = Object.values(lock.packages)
    .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
    .filter((name) => lock.packages[`node_modules/${name}`] === undefined);
  expect(missing).toEqual([]);
});

test('nothing is locked to a registry of somebody’s own', () => {
  const hosts = Object.values(lock.packages).flatMap(({ resolved }) =>
    resolved === undefined || resolved.startsWith('https://registry.npmjs.org/') ? [] : [resolved],
  );
  expect(hosts).toEqual([]);
});
