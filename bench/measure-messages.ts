import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { builtServer, componentPath } from './build.ts';
import { kvasi } from './contenders/kvasi.ts';
import type { RunContext } from './run-context.ts';
import { startContender } from './started-contender.ts';

const run = promisify(execFile);
const component = 'messenger';
const connections = 16;

/** Messages that a component handles, and requests that it answers, each with one `get` of a key in memory. */
export interface MessagesReport {
  /** A second, round by round. */
  readonly messages: readonly number[];
  readonly requests: readonly number[];
}

export async function measureMessages(context: RunContext): Promise<MessagesReport> {
  const { extent, generator, scratch, progress } = context;
  const { rounds, seconds } = extent;
  await using owner = new AsyncDisposableStack();
  const { url } = await startContender(kvasi, { component, scratch }, owner);
  const request = { method: 'GET', path: '/count?key=a-key' } as const;
  const load = async (): Promise<number> =>
    (await generator.run({ url, request, connections, seconds })).requestsPerSecond;
  const publish = async (): Promise<number> => {
    const args = [builtServer('messages-host'), componentPath(component), String(seconds)];
    return Number((await run(process.execPath, args)).stdout);
  };
  await load();
  const messages: number[] = [];
  const requests: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    progress(`messages, round ${round + 1}/${rounds}`);
    if (round % 2 === 0) messages.push(await publish());
    requests.push(await load());
    if (round % 2 === 1) messages.push(await publish());
  }
  return { messages, requests };
}
