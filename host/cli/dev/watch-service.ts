import { basename } from 'node:path';
import { loadSettled } from '../../dev/load-settled.ts';
import { watchPath } from '../../dev/watch-path.ts';
import { HostError } from '../../shared/host-error.ts';
import type { DevOutput } from './dev-output.ts';

/** Runs a service again whenever its file has changed, until it is disposed of. @param replace runs what the file has now */
export function watchService(
  path: string,
  replace: () => Promise<void>,
  output: DevOutput,
  signal: AbortSignal,
): Disposable {
  const name = basename(path, '.wasm');
  let isRunning = false;
  let isAgain = false;
  const run = async (): Promise<void> => {
    if (isRunning) {
      isAgain = true;
      return;
    }
    isRunning = true;
    const started = performance.now();
    try {
      await loadSettled([path], replace, signal);
      output.reloadedService(name, performance.now() - started);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof HostError) output.warning(`${error.message} The service that ran before goes on.`);
      else output.fault(error);
    } finally {
      isRunning = false;
      if (isAgain && !signal.aborted) {
        isAgain = false;
        void run();
      }
    }
  };
  const stop = watchPath(path, () => void run());
  return { [Symbol.dispose]: stop };
}
