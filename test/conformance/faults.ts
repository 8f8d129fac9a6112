import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Backend, Bucket } from '../../host/interfaces/keyvalue/backends/backend.ts';
import { bytes, textOf } from '../../host/interfaces/keyvalue/conformance/bucket-contents.ts';
import { randomClients } from '../../host/interfaces/keyvalue/conformance/group-histories.ts';
import type { Operation } from '../../host/interfaces/keyvalue/conformance/history.ts';
import { findViolation } from '../../host/interfaces/keyvalue/conformance/linearizability.ts';
import { playAll } from '../../host/interfaces/keyvalue/conformance/play-all.ts';
import { refusal } from '../../host/interfaces/keyvalue/conformance/refusal.ts';
import { timeline } from '../../host/interfaces/keyvalue/conformance/violation-text.ts';
import type { Server } from '../support/server.ts';
import { loadUntil, tally } from './load.ts';

/** How long operations of the backends below may take, in milliseconds. */
export const operationTimeout = 2000;
const margin = 500;

/** Kills the server under increments: errors in time, recovery, and none lost that was acknowledged. */
export async function expectIncrementsToOutliveKills(
  server: Server,
  backend: Backend,
  told: readonly string[],
  { clients, before }: { readonly clients: number; readonly before: number },
): Promise<void> {
  const bucket = await backend.open('b', {});
  for (let round = 0; round < 3; round += 1) {
    const load = loadUntil(bucket, 'n', clients);
    await load.after(before);
    await server.kill();
    await load.failed();
    await server.restart();
    await load.recovered();
    await load.end();
  }
  const { acknowledged, unknown, slowest } = tally(bucket);
  const kept = Number(await textOf(bucket, 'n'));
  expect(kept).toBeGreaterThanOrEqual(acknowledged);
  expect(kept).toBeLessThanOrEqual(acknowledged + unknown);
  expect(slowest).toBeLessThan(operationTimeout + margin);
  expect(told.length).toBe(6);
  expect(told[0]).toContain('away');
  expect(told[1]).toContain('back');
}

/**
 * Kills the server under everything that clients do: whatever they saw has an order that explains it.
 * @param clients of which each may have something under way at a kill, and what may have taken effect or not makes orders many
 */
export async function expectHistoriesToOutliveKills(
  server: Server,
  backend: Backend,
  clients = 32,
): Promise<void> {
  const bucket = await backend.open('histories', {});
  const history: Operation[] = [];
  for (let round = 0; round < 6; round += 1) {
    const playing = playAll(bucket, randomClients(`R${round + 1}`, clients, 20), 's64');
    if (round % 2 === 0) {
      await sleep(5 + Math.random() * 20);
      await server.kill();
    }
    history.push(...(await playing));
    if (round % 2 === 0) {
      await server.restart();
      await expect.poll(async () => await answers(bucket), { timeout: 10_000 }).toBe(true);
    }
  }
  // What was refused for sure has no place in the order.
  const possible = history.filter(({ failure }) => failure === undefined || failure.includes('not known'));
  expect(history.length - possible.length).toBeGreaterThan(0);
  const violation = findViolation(possible);
  expect(violation && timeline(violation)).toBeUndefined();
}

/** Stops the server from answering: an error in time, and it is used again when it goes on. */
export async function expectToOutliveFreeze(server: Server, backend: Backend): Promise<void> {
  const bucket = await backend.open('b', {});
  await bucket.set('k', bytes('v'));
  await server.freeze(true);
  const begun = performance.now();
  expect(await refusal(() => bucket.set('k', bytes('w')))).toContain('not known');
  expect(performance.now() - begun).toBeLessThan(operationTimeout + margin);
  await server.freeze(false);
  await expect.poll(async () => await textOf(bucket, 'k').catch(() => ''), { timeout: 10_000 }).toBe('w');
}

async function answers(bucket: Bucket): Promise<boolean> {
  try {
    await bucket.get('k');
    return true;
  } catch {
    return false;
  }
}
