import { setTimeout as sleep } from 'node:timers/promises';
import { plainCopy } from '../../composition/options/plain-copy.ts';
import { wrongArgument } from '../../composition/options/wrong-argument.ts';
import type { Carrier } from '../../interfaces/messaging/carrier.ts';
import { MemoryBroker } from '../../interfaces/messaging/memory-broker.ts';
import type { Message } from '../../interfaces/messaging/message.ts';
import { MessagingError } from '../../interfaces/messaging/messaging-error.ts';
import { isPlainMap } from '../../settings/shown-value.ts';
import { parseTimer } from '../../shared/duration.ts';
import { HostError } from '../../shared/host-error.ts';
import { nearestAdvice } from '../../shared/nearest.ts';
import { bytesOf, requireText } from '../arguments.ts';
import type { PublishedMessage, PublishOptions } from './message-record.ts';
import type { MessagesLog } from './messages-log.ts';

const known = ['replyTo', 'reply', 'timeout'] as const;
const defaultTimeout = 1000;

/** What `host.publish` was called with, checked. */
export interface CheckedMessage {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly replyTo: string | undefined;
  readonly wantsReply: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Throws a `HostError` for what is no message. */
export function checkedMessage(subject: unknown, body: unknown, given: unknown): CheckedMessage {
  requireText('the subject of host.publish', subject);
  const options = optionsOf(given);
  const { replyTo, reply = false, timeout = defaultTimeout } = options;
  if (replyTo !== undefined) requireText('replyTo of host.publish', replyTo);
  if (typeof reply !== 'boolean') throw wrongArgument('reply of host.publish', reply, 'true or false');
  if (reply && replyTo !== undefined)
    throw new HostError(
      'usage',
      'host.publish got replyTo beside reply, which makes one of its own. Leave one out.',
    );
  const parsed = parseTimer(timeout as string | number);
  if ('expected' in parsed) throw wrongArgument('timeout of host.publish', timeout, parsed.expected);
  return {
    subject,
    body: bytesOf('the body of host.publish', body).slice(),
    replyTo,
    wantsReply: reply,
    timeout: parsed.value,
  };
}

function optionsOf(given: unknown): PublishOptions {
  if (given === undefined) return {};
  if (!isPlainMap(given))
    throw wrongArgument('the options of host.publish', given, 'a map such as { reply: true }');
  const options = plainCopy(given, 'host.publish', known);
  for (const name of Object.keys(options)) {
    if (known.some((one) => one === name)) continue;
    throw new HostError('usage', `host.publish knows no ${name}. ${nearestAdvice(name, known)}`);
  }
  return options as PublishOptions;
}

/** Publishes a message, and waits until all that have subscribed have handled it. Throws a `HostError` for what is no message. */
export async function publish(
  carrier: Carrier,
  log: MessagesLog,
  { subject, body, replyTo, wantsReply, timeout }: CheckedMessage,
): Promise<PublishedMessage> {
  const { broker } = carrier;
  if (!(broker instanceof MemoryBroker)) throw new TypeError("a test's messages stay in its host");
  const expected = wantsReply ? broker.expectReply() : undefined;
  const message: Message = { subject, body, replyTo: expected?.replyTo ?? replyTo };
  const noted = log.published(message);
  try {
    await carrier.publish(message);
  } catch (error) {
    // That there is no room for it stands in its deliveries.
    const isFull = error instanceof MessagingError && error.case === 'quota-exceeded';
    if (!isFull) throw asHostError(error);
  }
  await log.handled(noted);
  const reply = expected === undefined ? undefined : await replyWithin(expected, timeout);
  const { text, kind, from, deliveries } = noted;
  return {
    ...{ subject, body, text, replyTo: message.replyTo, kind, from, deliveries: [...deliveries] },
    reply: reply && { subject: reply.subject, body: reply.body, text: Buffer.from(reply.body).toString() },
  };
}

async function replyWithin(
  { reply, cancel }: ReturnType<MemoryBroker['expectReply']>,
  timeout: number,
): Promise<Message | undefined> {
  const late = new AbortController();
  try {
    return await Promise.race([reply, sleep(timeout, undefined, { signal: late.signal })]);
  } finally {
    late.abort();
    cancel();
  }
}

function asHostError(error: unknown): unknown {
  return error instanceof MessagingError
    ? new HostError('usage', `host.publish: ${error.message}.`, { cause: error })
    : error;
}
