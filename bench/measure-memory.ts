import { setTimeout as sleep } from 'node:timers/promises';
import { askFor } from './ask.ts';
import type { ComponentName, Contender } from './contenders/contender.ts';
import { storedKey, storedValue } from './contenders/contender.ts';
import { jcoServe } from './contenders/jco-serve.ts';
import { kvasi } from './contenders/kvasi.ts';
import { nodeHttp } from './contenders/node-http.ts';
import { washDev } from './contenders/wash-dev.ts';
import { wasmtimeServe } from './contenders/wasmtime-serve.ts';
import { sendRequests } from './load/autocannon.ts';
import { residentMemory, settledMemory } from './resident-memory.ts';
import type { RunContext } from './run-context.ts';
import { startContender } from './started-contender.ts';

/** Bytes of resident memory. */
export interface MemoryMeasurement {
  readonly label: string;
  /** After the first answer. */
  readonly idle: number;
  /** What each of many requests takes that are under way at once; undefined where they share an instance. */
  readonly perInstance: number | undefined;
  readonly afterFew: number;
  readonly afterMany: number;
  /** How many requests the last figure comes after: fewer than wanted where they take too long. */
  readonly requests: number;
}

export interface MemoryReport {
  readonly requests: readonly [few: number, many: number];
  readonly instances: number;
  readonly measurements: readonly MemoryMeasurement[];
}

/** The label of kvasi with a component of WASI 0.3. */
export const kvasi03 = 'kvasi, WASI 0.3';

const instances = 100;
const heldMilliseconds = 4_000;
const connections = 16;
const batch = 20_000;
/** Milliseconds after which no further batch is sent. */
const longest = 240_000;

/** Those that are not kvasi show what is usual. */
export async function measureMemory(context: RunContext): Promise<MemoryReport> {
  const measurements: MemoryMeasurement[] = [];
  for (const contender of [nodeHttp, kvasi, jcoServe, wasmtimeServe, washDev]) {
    if (context.versions.has(contender)) measurements.push(await measure(contender, context));
  }
  measurements.push(await measure(kvasi, context, { label: kvasi03, component: 'hello-async' }));
  return { requests: context.extent.memoryRequests, instances, measurements };
}

async function measure(
  contender: Contender,
  context: RunContext,
  { label, component }: { readonly label: string; readonly component: ComponentName } = {
    label: contender.name,
    component: contender.supports({ component: 'bench' }) ? 'bench' : 'hello',
  },
): Promise<MemoryMeasurement> {
  context.progress(`memory: ${label}, idle`);
  await using owner = new AsyncDisposableStack();
  const { url, process } = await startContender(contender, { component, scratch: context.scratch }, owner);
  const idle = await settledMemory(process.pid);
  const [few, many] = context.extent.memoryRequests;
  // Requests over and over of the one that answers in any contender, so that nothing grows but what should not.
  const path = component === 'bench' ? await storedPath(url, contender) : '/';
  const request = { method: 'GET', path } as const;
  context.progress(`memory: ${label}, ${few} requests`);
  await sendRequests(few, { url, request, connections });
  const afterFew = await settledMemory(process.pid);
  context.progress(`memory: ${label}, ${many} requests`);
  let requests = few;
  for (const start = performance.now(); requests < many && performance.now() - start < longest; ) {
    const amount = Math.min(batch, many - requests);
    await sendRequests(amount, { url, request, connections });
    requests += amount;
  }
  const afterMany = await settledMemory(process.pid);
  const each = label === contender.name ? await perInstance(contender, context) : undefined;
  return { label, idle, perInstance: each, afterFew, afterMany, requests };
}

async function storedPath(url: string, contender: Contender): Promise<string> {
  if (contender !== wasmtimeServe) {
    const body = JSON.stringify({ key: storedKey, value: storedValue });
    await askFor(`${url}/set`, 'POST', body);
  }
  return `/get?key=${storedKey}`;
}

/** Holds many requests in a component that waits, and divides what they take. */
async function perInstance(
  contender: Contender,
  { scratch, progress }: RunContext,
): Promise<number | undefined> {
  if (contender === jcoServe || contender === nodeHttp) return undefined;
  progress(`memory: ${contender.name}, ${instances} instances at once`);
  await using owner = new AsyncDisposableStack();
  const { url, process } = await startContender(contender, { component: 'misbehave', scratch }, owner);
  const hold = (milliseconds: number): Promise<Buffer[]> =>
    Promise.all(Array.from({ length: instances }, () => askFor(`${url}/sleep?ms=${milliseconds}`)));
  // Once without looking: sockets and code are there then.
  await hold(100);
  const before = await settledMemory(process.pid);
  const held = hold(heldMilliseconds);
  await sleep(heldMilliseconds / 2);
  const during = await residentMemory(process.pid);
  await held;
  return (during - before) / instances;
}
