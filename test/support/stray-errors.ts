import { afterAll } from 'vitest';
import { takeFaults } from './process-faults.ts';

/**
 * Fails each file of tests in which a promise was rejected and nobody heard of it, something was thrown that nobody caught, or a
 * process of kvasi told a fault of its own: no test may pass over one.
 */
const stray: string[] = [];
const textOf = (thrown: unknown): string => (thrown instanceof Error && thrown.stack) || String(thrown);
const onRejection = (reason: unknown): void =>
  void stray.push(`a rejection that nobody heard of: ${textOf(reason)}`);
const onError = (error: unknown): void => void stray.push(`an error that nobody caught: ${textOf(error)}`);
process.on('unhandledRejection', onRejection);
process.on('uncaughtException', onError);

afterAll(async () => {
  // A rejection is told to be unheard of at the end of the turn.
  await new Promise((resolve) => setTimeout(resolve, 10));
  // The next file of this process has its own.
  process.off('unhandledRejection', onRejection);
  process.off('uncaughtException', onError);
  const found = [...stray.splice(0), ...takeFaults()];
  if (found.length > 0) throw new Error(found.join('\n\n'));
});
