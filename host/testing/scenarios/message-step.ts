import { matches } from '../../interfaces/messaging/subject.ts';
import type { HostMessage, PublishedMessage } from '../messages/message-record.ts';
import type { TestHost } from '../test-host.ts';
import { differenceOf } from './bytes.ts';
import type { PublishStep } from './scenario.ts';

/** Publishes the message of a step, and answers what is not as expected. */
export async function publishStep(host: TestHost, step: PublishStep): Promise<string[]> {
  const { subject, body, replyTo, reply } = step;
  const options = reply === undefined ? (replyTo === undefined ? {} : { replyTo }) : { reply: true };
  const published = await host.publish(subject, body, options);
  const difference = reply === undefined ? undefined : replyDifference(reply, published);
  return [outcomeDifference(step, published), difference].filter((text) => text !== undefined);
}

function outcomeDifference({ outcome }: PublishStep, { deliveries }: PublishedMessage): string | undefined {
  const failed = deliveries.find(({ failure }) => failure !== undefined);
  const actual = deliveries.length === 0 ? 'nobody' : failed === undefined ? 'handled' : 'failed';
  if (actual === outcome) return undefined;
  const frames = failed?.backtrace.map((frame) => `\n    at ${frame}`).join('') ?? '';
  const what = {
    nobody: 'nobody has subscribed to it',
    handled: 'it was handled',
    failed: `${failed?.component}: ${failed?.failure}${frames}`,
  }[actual];
  return `${what}. Expected ${outcome}.`;
}

function replyDifference(
  wanted: NonNullable<PublishStep['reply']>,
  { reply }: PublishedMessage,
): string | undefined {
  if (reply === undefined) return 'there was no reply within 1 s.';
  const difference = differenceOf(wanted, reply.body);
  return difference === undefined ? undefined : `the reply differs\n${difference}`;
}

/** Where components have published something else than they were to, what differs. @param wanted patterns, in order */
export function differenceInMessages(
  wanted: readonly string[],
  published: readonly HostMessage[],
): string | undefined {
  const subjects = published
    .filter(({ from, kind }) => from === 'component' && kind !== 'reply')
    .map(({ subject }) => subject);
  const isAsWanted =
    wanted.length === subjects.length &&
    wanted.every((pattern, index) => matches(pattern.split('.'), subjects[index]?.split('.') ?? []));
  return isAsWanted ? undefined : `it published ${listed(subjects)}. Expected ${listed(wanted)}.`;
}

function listed(texts: readonly string[]): string {
  return texts.length === 0 ? 'nothing' : texts.join(', ');
}
