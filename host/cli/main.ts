#!/usr/bin/env node
import module from 'node:module';
import { enableJspi } from '../engine/jspi.ts';

/**
 * The executable. It imports nothing that an old Node can't load before it has said what is missing.
 */
try {
  enableJspi();
} catch (error) {
  process.stderr.write(`kvasi: ${error instanceof Error ? error.message : String(error)}\n`, () =>
    process.exit(1),
  );
  // Nothing else is loaded.
  await new Promise(() => {});
}

module.enableCompileCache();
const { isReaderGone, Output } = await import('../terminal/output.ts');
const { run } = await import('./run.ts');
const { Signals } = await import('../terminal/signals.ts');
const { stackOf } = await import('../shared/host-error.ts');
const { terminalOf } = await import('../terminal/terminal.ts');
const terminal = await terminalOf(process, () => signals.interrupt('SIGINT'));
const signals = new Signals();
// `kvasi dev | head -1`: whoever read the output has gone, and with them the wish to serve.
process.stdout.on('error', (error) => isReaderGone(error) && signals.stop());
// A fault of kvasi's own may quote what came from outside.
process.on('uncaughtException', (error) => {
  if (process.listenerCount('uncaughtException') > 1) return;
  const stderr = new Output(process.stderr, 'standard error');
  stderr.problem(`kvasi: ${stackOf(error)}`);
  const exit = (): never => process.exit(1);
  stderr.drained().then(exit, exit);
});
process.exit(
  await run(process.argv.slice(2), {
    cwd: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: signals.signal,
    heedSignals: (patience) => signals.heed(patience),
    terminal,
  }),
);
