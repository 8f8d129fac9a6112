import { afterAll } from 'vitest';
import { takeFaults } from './process-faults.ts';

/**
 * Fails each file of tests in which a promise was rejected and nobody heard of it, something was thrown that nobody caught, or a
 * process of kvasi told a fault of its own: no test may pass over one.
 */
const stray: string[] = [];
const textOf = (thrown: unknown): string => (thrown instanceof Error && thrown.stack) || String(thrown);
process.on('unhandledRejection', (reason) =>
  stray.push(`a rejection that nobody heard of: ${textOf(reason)}`),
);
process.on('uncaughtException', (error) => stray.push(`an error that nobody caught: ${textOf(error)}`));

afterAll(async () => {
  // A rejection is told to be unheard of at the end of the turn.
  await new Promise((resolve) => setTimeout(resolve, 10));
  const found = [...stray.splice(0), ...takeFaults()];
  if (found.length > 0) throw new Error(found.join('\n\n'));
});
