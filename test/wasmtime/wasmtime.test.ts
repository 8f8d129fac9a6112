import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { root } from '../support/kvasi-process.ts';
import { acceptedDifferences } from './accepted-differences.ts';
import { compare } from './comparison.ts';
import { wasmtimeFromEnvironment } from './environment.ts';
import { guestAnswers } from './guest-answers.ts';
import { rawRequests } from './raw-requests.ts';

const environment = await wasmtimeFromEnvironment();

test.skipIf(environment === undefined)(
  'kvasi and wasmtime serve do the same, but for what is listed',
  { timeout: 300_000 },
  async () => {
    if (environment === undefined) return;
    const compared = await compare(environment);
    expect(compared.filter(({ verdict }) => verdict !== 'same' && verdict !== 'listed')).toEqual([]);
  },
);

test('docs/limits.md gives the reason of each difference that is accepted', async () => {
  const text = (await readFile(`${root}/docs/limits.md`, 'utf8')).replaceAll(/\s+/g, ' ');
  for (const { reason } of acceptedDifferences) expect(text).toContain(reason);
});

test('what is accepted is the name of a conversation, once', () => {
  const names = [...rawRequests, ...guestAnswers].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const accepted = acceptedDifferences.flatMap(({ cases }) => cases);
  expect(new Set(accepted).size).toBe(accepted.length);
  expect(accepted.filter((name) => !names.includes(name))).toEqual([]);
});
