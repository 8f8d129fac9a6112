import { setTimeout as sleep } from 'node:timers/promises';
import { type Asked, ask, percentile } from './ask.ts';
import type { Figure } from './figure.ts';
import { component, type HostCommand, ServedHost } from './served-host.ts';

/** Endless loops and memory bombs among requests of a millisecond. */
export async function loops(command: HostCommand): Promise<Figure[]> {
  const looped = await among(command, 50, '/loop');
  const bombed = await among(command, 50, '/memory');
  const late = looped.bad.filter(({ status }) => status === 504);
  return [
    {
      name: 'a request behind one loop',
      value: await behindLoop(command),
      unit: 'ms',
      wanted: { atMost: 1200 },
    },
    {
      name: 'fifty loops: slowest other request, of 486',
      value: percentile(looped.good, 1) / 1000,
      unit: 's',
      wanted: { atMost: 10 },
    },
    {
      name: 'fifty loops: other requests that were refused, to try again',
      value: looped.good.filter(({ status }) => status === 503).length,
      unit: '',
      wanted: { atMost: 300 },
    },
    {
      name: 'fifty loops: other requests that failed otherwise',
      value: looped.good.filter(({ status }) => status !== 200 && status !== 503).length,
      unit: '',
      wanted: { atMost: 0 },
    },
    {
      name: 'fifty loops: earliest 504',
      value: percentile(late, 0) / 1000,
      unit: 's',
      wanted: { atLeast: 29 },
    },
    {
      name: `fifty loops: latest 504, of ${late.length}`,
      value: percentile(late, 1) / 1000,
      unit: 's',
      wanted: { atMost: 31.5 },
    },
    {
      name: 'fifty memory bombs: slowest other request',
      value: percentile(bombed.good, 1) / 1000,
      unit: 's',
      wanted: { atMost: 10 },
    },
  ];
}

async function behindLoop(command: HostCommand): Promise<number> {
  await using host = await ServedHost.start(command, [component('misbehave'), '--no-inspector']);
  await ask(`${host.url}/leak`);
  void ask(`${host.url}/loop`, 5000);
  await sleep(20);
  return (await ask(`${host.url}/leak`)).milliseconds;
}

async function among(
  command: HostCommand,
  count: number,
  path: string,
): Promise<{ readonly good: Asked[]; readonly bad: Asked[] }> {
  await using host = await ServedHost.start(command, [component('misbehave'), '--no-inspector']);
  await ask(`${host.url}/leak`);
  const good: Promise<Asked>[] = [];
  const bad: Promise<Asked>[] = [];
  for (let index = 0; index < 536; index += 1) {
    if (index % 11 === 5 && bad.length < count) bad.push(ask(`${host.url}${path}`, 120_000));
    else good.push(ask(`${host.url}/leak`, 120_000));
    await sleep(10);
  }
  return { good: await Promise.all(good), bad: await Promise.all(bad) };
}
