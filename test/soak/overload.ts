import { setTimeout as sleep } from 'node:timers/promises';
import { type Asked, ask, percentile } from './ask.ts';
import type { Figure } from './figure.ts';
import { component, type HostCommand, ServedHost } from './served-host.ts';

const seconds = 8;
/** When clients give up, in milliseconds. */
const patience = 5000;

/** Requests of 5 ms each at four times of what the host can do, and then a thousand clients at once. */
export async function overload(command: HostCommand): Promise<Figure[]> {
  await using host = await ServedHost.start(command, [component('misbehave'), '--no-inspector']);
  const url = `${host.url}/compute?ms=5`;
  const capacity = await measureCapacity(url);
  const asked = await atRate(url, capacity * 4);
  const answered = asked.filter(({ status }) => status === 200);
  const refused = asked.filter(({ status }) => status === 503);
  const patient = await thousand(url);
  return [
    {
      name: `answered within ${patience / 1000} s at four times the capacity of ${Math.round(capacity)}/s`,
      value: answered.length / seconds / capacity,
      unit: '×',
      wanted: { atLeast: 0.8 },
    },
    { name: 'slowest refusal', value: percentile(refused, 1), unit: 'ms', wanted: { atMost: 1000 } },
    {
      name: 'requests that got neither answer nor refusal',
      value: asked.length - answered.length - refused.length,
      unit: '',
      wanted: { atMost: 0 },
    },
    {
      name: 'a thousand clients that come again: median of what is answered',
      value: percentile(
        patient.filter(({ status }) => status === 200),
        0.5,
      ),
      unit: 'ms',
      wanted: { atMost: 2000 },
    },
  ];
}

async function measureCapacity(url: string): Promise<number> {
  for (let count = 0; count < 20; count += 1) await ask(url);
  const end = performance.now() + 3000;
  let answered = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      await ask(url);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  return answered / 3;
}

async function atRate(url: string, rate: number): Promise<Asked[]> {
  const asked: Promise<Asked>[] = [];
  const started = performance.now();
  for (let passed = 0; passed < seconds; passed = (performance.now() - started) / 1000) {
    while (asked.length < passed * rate) asked.push(ask(url, patience));
    await sleep(5);
  }
  return await Promise.all(asked);
}

async function thousand(url: string): Promise<Asked[]> {
  const end = performance.now() + 6000;
  const asked: Asked[] = [];
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const one = await ask(url);
      asked.push(one);
      // As `retry-after` asks.
      if (one.status === 503) await sleep(1000);
    }
  };
  await Promise.all(Array.from({ length: 1000 }, client));
  return asked;
}
