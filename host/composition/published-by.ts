import { types } from 'node:util';
import type { Carrier } from '../interfaces/messaging/carrier.ts';
import { MessagingError } from '../interfaces/messaging/messaging-error.ts';
import { isPlainMap } from '../settings/shown-value.ts';
import { HostError } from '../shared/host-error.ts';
import { wrongArgument } from './options/wrong-argument.ts';

/** Publishes a message of a program. Throws a `HostError` for what is none, or where it is not taken. */
export async function publishedBy(
  carrier: Carrier,
  subject: unknown,
  body: unknown,
  options: unknown,
): Promise<void> {
  if (typeof subject !== 'string') throw wrongArgument('the subject of host.publish', subject, 'text');
  if (typeof body !== 'string' && !types.isUint8Array(body))
    throw wrongArgument('the body of host.publish', body, 'text or a Uint8Array');
  const { replyTo } = isPlainMap(options) ? options : { replyTo: options };
  if (replyTo !== undefined && typeof replyTo !== 'string')
    throw wrongArgument('replyTo of host.publish', replyTo, 'a map such as { replyTo: "answers" }');
  // A copy, because whoever wrote it may use the memory again while it waits.
  const bytes = typeof body === 'string' ? Buffer.from(body) : Uint8Array.from(body);
  try {
    await carrier.publish({ subject, body: bytes, replyTo });
  } catch (cause) {
    if (!(cause instanceof MessagingError)) throw cause;
    throw new HostError('request', `host.publish: ${cause.message}`, { cause });
  }
}
