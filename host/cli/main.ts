#!/usr/bin/env node
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

const { run } = await import('./run.ts');
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    stop.abort();
  });
}
// `kvasi dev | head -1`: whoever read the output has gone, and with them the wish to serve.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') stop.abort();
  else throw error;
});
process.stderr.on('error', () => {});
process.exit(
  await run(process.argv.slice(2), {
    cwd: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stop.signal,
  }),
);
