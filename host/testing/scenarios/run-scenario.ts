import { reasonOf } from '../../shared/host-error.ts';
import type { AddedFault } from '../faults/faults.ts';
import type { HostRequest } from '../requests/request-record.ts';
import { failureText } from '../requests/request-text.ts';
import type { TestHost } from '../test-host.ts';
import { answerOf, longestAnswer } from './answer-of.ts';
import { checkAnswer, expectationOf } from './check-answer.ts';
import { checkBucket } from './check-buckets.ts';
import type { Correction, Difference } from './difference.ts';
import { differenceInMessages, publishStep } from './message-step.ts';
import { differenceInSent } from './outgoing-rules.ts';
import type { PublishStep, RequestStep, Scenario, Step } from './scenario.ts';

/** What came of a scenario on one host. */
export interface ScenarioOutcome {
  /** Empty where all was as expected; else the first, or all of them. */
  readonly differences: readonly Difference[];
  /** What the answers were where the file expects nothing in particular. */
  readonly unsaid: readonly Correction[];
  /** What each request that was sent came to. */
  readonly statuses: readonly StepStatus[];
}

/** What the answer to a request was like. */
export interface StepStatus {
  /** Index in the scenario's steps. */
  readonly step: number;
  readonly status: number;
  readonly isComplete: boolean;
}

/**
 * Runs a scenario on a host whose buckets are empty.
 * @param extent whether to end at the first step that is not as expected, or to go on to the end
 */
export async function runScenario(
  host: TestHost,
  scenario: Scenario,
  extent: 'first difference' | 'all',
): Promise<ScenarioOutcome> {
  const differences: Difference[] = [];
  const unsaid: Correction[] = [];
  const statuses: StepStatus[] = [];
  const isOver = (): boolean => extent === 'first difference' && differences.length > 0;
  for (const [bucket, entries] of scenario.before) {
    for (const [key, value] of entries) await host.bucket(bucket).set(key, value);
  }
  let faults: readonly AddedFault[] = [];
  for (const [index, step] of scenario.steps.entries()) {
    if (isOver()) break;
    const publishedBefore = host.messages().length;
    if (step.kind === 'publish') {
      const subject = `step ${index + 1}, publish ${step.subject}`;
      const texts = await publishStep(host, step);
      texts.push(...(await messagesOf(host, step, publishedBefore)));
      differences.push(...texts.map((text) => ({ at: step.at, subject, text })));
      continue;
    }
    if (step.kind !== 'request') {
      try {
        faults = (await happen(host, step)) ?? faults;
      } catch (error) {
        differences.push({ at: step.at, subject: `step ${index + 1}, ${step.kind}`, text: reasonOf(error) });
      }
      continue;
    }
    const before = host.requests().length;
    const sentBefore = host.outgoing.requests().length;
    const answer = await answerOf(host, step, longestAnswer(scenario.host));
    statuses.push({ step: index, status: answer.status, isComplete: answer.brokenOff === undefined });
    const subject = `step ${index + 1}, ${step.method} ${step.path}`;
    if (faults.some(({ undecided }) => undecided > 0)) {
      const text =
        'the pattern of a key took too long to say whether a fault is to happen. Write a simpler one.';
      differences.push({ at: step.at, subject, text });
    }
    const sent = step.sends && differenceInSent(step.sends, host.outgoing.requests().slice(sentBefore));
    if (sent !== undefined) differences.push({ at: step.at, subject, text: sent });
    for (const text of await messagesOf(host, step, publishedBefore))
      differences.push({ at: step.at, subject, text });
    const [first, ...others] = checkAnswer(step, answer).map((one) => ({ ...one, subject }));
    if (first !== undefined) {
      differences.push({ ...first, text: first.text + whyFailed(host.requests()[before]) }, ...others);
    }
    if (step.expected.form === 'none') unsaid.push(expectationOf(step, answer));
  }
  for (const [bucket, expected] of scenario.after) {
    if (isOver()) break;
    const actual = new Map(await host.bucket(bucket).entries());
    differences.push(...checkBucket(bucket, expected, actual, [...scenario.at, 'after', bucket]));
  }
  return { differences: extent === 'all' ? differences : differences.slice(0, 1), unsaid, statuses };
}

/** Where a step says what is published meanwhile, and something else was, what differs. @param before how many had been */
async function messagesOf(
  host: TestHost,
  { messages }: Pick<RequestStep, 'messages'>,
  before: number,
): Promise<string[]> {
  if (messages === undefined) return [];
  await host.messagesHandled();
  const difference = differenceInMessages(messages, host.messages().slice(before));
  return difference === undefined ? [] : [difference];
}

/** What is known of a request that failed, below what differs. */
function whyFailed(request: HostRequest | undefined): string {
  if (request === undefined || (request.reason === undefined && request.status < 500)) return '';
  return `\n${failureText(request)}`;
}

/** Answers the faults that there are from now on, where that has changed. */
async function happen(
  host: TestHost,
  step: Exclude<Step, RequestStep | PublishStep>,
): Promise<readonly AddedFault[] | undefined> {
  switch (step.kind) {
    case 'advance':
      host.clock.advance(step.milliseconds);
      return undefined;
    case 'write':
      for (const [name, entries] of step.buckets) {
        const bucket = host.bucket(name);
        for (const [key, value] of entries) {
          if (value === undefined) await bucket.delete(key);
          else await bucket.set(key, value);
        }
      }
      return undefined;
    case 'faults':
      host.faults.clear();
      return step.faults.map(({ partition, ...fault }) =>
        partition === true ? host.faults.partition(fault) : host.faults.add(fault),
      );
    case 'outgoing':
      host.outgoing.removeRules();
      for (const add of step.rules) add(host.outgoing);
      return undefined;
  }
}
