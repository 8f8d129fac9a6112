import { StoreError } from '../backend.ts';
import type { Purpose } from '../key-purpose.ts';
import { absenceOf, advised, redisAdvice } from '../server-advice.ts';
import { isLoss, isRefusal, plainReason } from './commands.ts';

/** The message of an error of a command whose answer is late, as ioredis calls it. */
export const lateness = 'Command timed out';

/** What errors say of a server. */
interface Circumstances {
  /** The server, for people. */
  readonly server: string;
  /** Milliseconds that an answer may take. */
  readonly timeout: number;
  /** A text without secrets. */
  readonly redacted: (text: string) => string;
}

/** An operation was not sent, because its server can't be used. */
export function absence({ text, isWrite }: Purpose, server: string, reason: string): StoreError {
  const outcome = isWrite ? '; nothing was changed' : '';
  return new StoreError('other', `${text}: ${absenceOf(server, reason)}${outcome}`);
}

/**
 * A command was sent, or may have been, and failed. Without the error as its cause: ioredis puts the arguments of a command there,
 * passwords too.
 */
export function failure(
  { text, isWrite }: Purpose,
  error: Error,
  { server, timeout, redacted }: Circumstances,
): StoreError {
  const { message } = error;
  if (isRefusal(error))
    return new StoreError(
      message.startsWith('NOPERM') ? 'access-denied' : 'other',
      `${text}: ${server} refused: ${advised(redacted(plainReason(error)), redisAdvice)}`,
    );
  const reason = isLoss(message)
    ? 'lost the connection before it answered'
    : message === lateness
      ? `gave no answer within ${timeout} ms`
      : `failed: ${redacted(plainReason(error))}`;
  const outcome = isWrite ? '; whether it was done is not known' : '';
  return new StoreError('other', `${text}: ${server} ${reason}${outcome}`);
}
