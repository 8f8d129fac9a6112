import { askFor } from './ask.ts';
import type { Contender } from './contenders/contender.ts';
import { kvasi } from './contenders/kvasi.ts';
import { nodeHttp } from './contenders/node-http.ts';
import { settledMemory } from './resident-memory.ts';
import type { RunContext } from './run-context.ts';
import { startContender } from './started-contender.ts';
import { fillKeys } from './workloads/key-counts.ts';

/** Resident memory with many keys in memory, in bytes. */
export interface KeysMeasurement {
  readonly label: string;
  /** After the first answer. */
  readonly empty: number;
  readonly full: number;
}

export interface KeysReport {
  readonly keys: number;
  readonly measurements: readonly KeysMeasurement[];
}

const keys = 1_000_000;

export async function measureKeys(context: RunContext): Promise<KeysReport> {
  const measurements: KeysMeasurement[] = [];
  for (const contender of [nodeHttp, kvasi]) measurements.push(await measure(contender, context));
  return { keys, measurements };
}

async function measure(contender: Contender, { scratch, progress }: RunContext): Promise<KeysMeasurement> {
  progress(`million-keys: ${contender.name}`);
  await using owner = new AsyncDisposableStack();
  const { url, process } = await startContender(contender, { component: 'bench', scratch }, owner);
  const empty = await settledMemory(process.pid);
  await fillKeys(url, keys);
  await askFor(`${url}/get?key=key-0000500`);
  return { label: contender.name, empty, full: await settledMemory(process.pid) };
}
