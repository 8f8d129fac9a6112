import { longestSubject } from './message.ts';
import { MessagingError } from './messaging-error.ts';

const blank = /[\p{Z}\p{Cc}]/u;

/** Where replies to requests go: each has a subject of its own below this. Source: NATS. */
export const inboxPrefix = '_INBOX.';

/** Why nothing can be published to a subject; undefined where it can. Source: NATS, "Subject-based messaging". */
export function whyNoSubject(subject: string): string | undefined {
  return whyNoTokens(subject, (token) =>
    token === '*' || token === '>' ? `has the wildcard ${token}, which only subscriptions may` : undefined,
  );
}

/** The same for what is subscribed to, where `*` stands for one token and `>`, at the end, for one or more. */
export function whyNoPattern(pattern: string): string | undefined {
  return whyNoTokens(pattern, (token, isLast) =>
    token === '>' && !isLast ? 'has > before its end' : undefined,
  );
}

/** Throws a `MessagingError` where nothing can be published to a subject. */
export function requireSubject(subject: string): void {
  const reason = whyNoSubject(subject);
  if (reason !== undefined)
    throw new MessagingError('subject-invalid', `the subject ${shown(subject)} ${reason}`);
}

/** Whether a subscription to a pattern gets what is published to a subject. */
export function matches(pattern: readonly string[], subject: readonly string[]): boolean {
  for (const [index, token] of pattern.entries()) {
    if (token === '>') return index < subject.length;
    if (index >= subject.length) return false;
    if (token !== '*' && token !== subject[index]) return false;
  }
  return pattern.length === subject.length;
}

/** A subject in a message; a long one is cut. */
export function shown(subject: string): string {
  return JSON.stringify(subject.length > 100 ? `${subject.slice(0, 100)}…` : subject);
}

function whyNoTokens(
  subject: string,
  whyNoToken: (token: string, isLast: boolean) => string | undefined,
): string | undefined {
  if (subject === '') return 'is empty';
  if (subject.length > longestSubject || Buffer.byteLength(subject) > longestSubject)
    return `is longer than ${longestSubject} bytes`;
  if (!subject.isWellFormed() || blank.test(subject)) return 'has a blank or a control character';
  const tokens = subject.split('.');
  for (const [index, token] of tokens.entries()) {
    if (token === '') return 'has an empty token';
    const reason = whyNoToken(token, index === tokens.length - 1);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
