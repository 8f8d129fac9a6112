import type { OutgoingRuleOptions, SentRequest } from '../outgoing/outgoing-rule.ts';
import { urlPattern } from '../outgoing/url-pattern.ts';
import { bytesOf } from './bytes.ts';
import { milliseconds } from './checked-values.ts';
import type { AddRule } from './scenario.ts';
import type { WrittenRule } from './schema-outgoing.ts';

/** A rule that the schema has checked. */
export function readRule(rule: WrittenRule): AddRule {
  const { url, status, headers, body, error, pass, cutAfter } = rule;
  const options: OutgoingRuleOptions = {
    ...(rule.after == null ? {} : { after: rule.after }),
    ...(rule.times == null ? {} : { times: rule.times }),
    ...(rule.delay == null ? {} : { delay: milliseconds(rule.delay) }),
  };
  if (error != null) return (outgoing) => void outgoing.fail(url, error, options);
  if (pass === true) return (outgoing) => void outgoing.pass(url, options);
  const answer = {
    ...(status == null ? {} : { status }),
    headers: { ...(typeof body === 'object' && body !== null && 'json' in body ? jsonType : {}), ...headers },
    ...(body == null ? {} : { body: bytesOf(body) }),
  };
  const cut = cutAfter == null ? {} : { cutAfter };
  return (outgoing) => void outgoing.respond(url, answer, { ...options, ...cut });
}

const jsonType = { 'content-type': 'application/json' };

/** Where what was sent is not what was wanted, what differs. @param wanted patterns, in order */
export function differenceInSent(
  wanted: readonly string[],
  sent: readonly SentRequest[],
): string | undefined {
  const isAsWanted =
    wanted.length === sent.length &&
    wanted.every((text, index) => {
      const one = sent[index];
      return one !== undefined && urlPattern(text, 'sends').matches(one.method, one.url);
    });
  if (isAsWanted) return undefined;
  return `it sent ${listed(sent.map(({ method, url }) => `${method} ${url}`))}. Expected ${listed(wanted)}.`;
}

function listed(texts: readonly string[]): string {
  return texts.length === 0 ? 'nothing' : texts.join(', ');
}
