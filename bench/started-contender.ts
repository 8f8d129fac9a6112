import { freePort } from '../test/support/server.ts';
import { componentFile } from './component-file.ts';
import type { Contender, Setup } from './contenders/contender.ts';
import { RunningProcess } from './running-process.ts';

/** What the component `blob-probe` answers from its start. */
const firstOfBlobs = '/container-exists?container=none';

/** A contender that has answered its first request. */
export interface StartedContender {
  readonly url: string;
  readonly process: RunningProcess;
  /** Milliseconds from the start of the process to the end of its first answer. */
  readonly startTime: number;
}

/** What it starts ends with `owner`. */
export async function startContender(
  contender: Contender,
  setup: Omit<Setup, 'port' | 'file'>,
  owner: AsyncDisposableStack,
): Promise<StartedContender> {
  const file = await componentFile(setup.component, setup.scratch);
  const port = await freePort();
  const command = await contender.command({ ...setup, file, port });
  const start = performance.now();
  const process = owner.use(new RunningProcess(command));
  const url = `http://127.0.0.1:${port}`;
  await process.firstAnswer(url + (setup.component === 'blob-probe' ? firstOfBlobs : '/'));
  return { url, process, startTime: performance.now() - start };
}
