import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contender } from './contenders/contender.ts';
import { jcoServe } from './contenders/jco-serve.ts';
import { kvasi, kvasiFromSources } from './contenders/kvasi.ts';
import { nodeHttp } from './contenders/node-http.ts';
import { washDev } from './contenders/wash-dev.ts';
import { wasmtimeServe } from './contenders/wasmtime-serve.ts';
import type { RunContext } from './run-context.ts';
import { startContender } from './started-contender.ts';
import { rotated } from './statistics.ts';

/** Milliseconds from the start of a process to its first answer. */
export interface StartMeasurement {
  readonly label: string;
  readonly kind: 'cold' | 'warm';
  readonly rounds: readonly number[];
}

export interface StartReport {
  readonly measurements: readonly StartMeasurement[];
}

interface Case {
  readonly kind: 'cold' | 'warm';
  readonly contender: Contender;
}

/** Only kvasi keeps anything between two starts that could be cold. */
const cases: readonly Case[] = [
  { kind: 'warm', contender: nodeHttp },
  { kind: 'warm', contender: kvasi },
  { kind: 'warm', contender: kvasiFromSources },
  { kind: 'cold', contender: kvasi },
  { kind: 'cold', contender: jcoServe },
  { kind: 'cold', contender: wasmtimeServe },
  { kind: 'cold', contender: washDev },
];

export async function measureStart(context: RunContext): Promise<StartReport> {
  const present = cases.filter(({ contender }) => context.versions.has(contender));
  for (const { contender } of present) await start(contender, context.scratch);
  const results = present.map((item) => ({ ...item, times: [] as number[] }));
  const { rounds } = context.extent;
  for (let round = 0; round < rounds; round++) {
    for (const { kind, contender, times } of rotated(results, round)) {
      const scratch = kind === 'cold' ? await mkdtemp(join(context.scratch, 'cold-')) : context.scratch;
      const time = await start(contender, scratch);
      times.push(time);
      context.progress(
        `start, round ${round + 1}/${rounds}: ${contender.name}, ${kind} ${time.toFixed(0)} ms`,
      );
    }
  }
  return {
    measurements: results.map(({ kind, contender, times }) => ({
      label: contender.name,
      kind,
      rounds: times,
    })),
  };
}

async function start(contender: Contender, scratch: string): Promise<number> {
  await using owner = new AsyncDisposableStack();
  return (await startContender(contender, { component: 'hello', scratch }, owner)).startTime;
}
