#!/usr/bin/env node
import module from 'node:module';
import { enableJspi } from '../jspi.ts';

/**
 * The executable. It imports nothing that an old Node can't load before it has said what is missing, and is
 * the only place that ends the process.
 */
try {
  enableJspi();
} catch (error) {
  process.stderr.write(`kvasi: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

module.enableCompileCache();
const { run } = await import('./run.ts');
const { terminalOf } = await import('./terminal.ts');
const stop = new AbortController();
const interrupt = (exitCode: number): void => {
  if (stop.signal.aborted) process.exit(exitCode);
  stop.abort();
};
process.on('SIGINT', () => interrupt(130));
process.on('SIGTERM', () => interrupt(143));
// `kvasi dev | head -1`: whoever read the output has gone, and with them the wish to serve.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || error.code === 'EIO') stop.abort();
  else throw error;
});
process.stderr.on('error', () => {});
const terminal = await terminalOf(process, () => interrupt(130));
// The window was closed. Without a terminal it is left to nohup and the like.
if (terminal !== undefined) process.on('SIGHUP', () => interrupt(129));
process.exit(
  await run(process.argv.slice(2), {
    cwd: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stop.signal,
    terminal,
  }),
);
