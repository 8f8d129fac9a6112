import { both, differenceOf, shownBytes, writtenLike } from './bytes.ts';
import type { Correction, Difference } from './difference.ts';
import { findPattern } from './regex.ts';
import type { RequestStep } from './scenario.ts';

/** An answer that has come to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** Why it ended before its end. */
  readonly brokenOff?: string;
}

/** Where an answer is not as a step expects, the most telling first. */
export function checkAnswer(step: RequestStep, answer: Answer): Omit<Difference, 'subject'>[] {
  const { status, headers, body, form, isComplete } = step.expected;
  const at = [...step.at, 'expect'];
  const differences: Omit<Difference, 'subject'>[] = [];
  const isRight = status === undefined ? answer.status < 500 : answer.status === status;
  if (!isRight) {
    const wanted = status === undefined ? 'any below 500' : String(status);
    const sent = answer.body.length === 0 ? '' : `\nbody:     ${shownBytes(answer.body)}`;
    const path = form === 'parts' ? [...at, 'status'] : at;
    differences.push({
      at: path,
      text: `status\n${both(wanted, String(answer.status))}${sent}`,
      correction: form === 'none' ? expectationOf(step, answer) : { path, value: answer.status },
    });
  }
  if (isComplete !== (answer.brokenOff === undefined)) {
    const path = [...at, 'complete'];
    const text = isComplete ? `the answer broke off: ${answer.brokenOff}` : 'the answer did not break off';
    differences.push({
      at: path,
      text,
      ...(form === 'parts' ? { correction: { path, value: !isComplete } } : {}),
    });
  }
  for (const [name, expected] of headers) {
    const actual = answer.headers.get(name);
    const difference = headerDifference(expected, actual);
    if (difference === undefined) continue;
    const path = [...at, 'headers', name];
    const text = `header ${name}\n${difference}`;
    differences.push({ at: path, text, correction: { path, value: actual } });
  }
  const text = body === undefined ? undefined : differenceOf(body, answer.body);
  if (text !== undefined) {
    const path = [...at, 'body'];
    const correction = { path, value: writtenLike(body, answer.body) };
    differences.push({ at: path, text: `body\n${text}`, correction });
  }
  return differences;
}

/** What `expect` is to say where the file says nothing. */
export function expectationOf(step: RequestStep, { status, body }: Answer): Correction {
  const value = body.length === 0 ? { status } : { status, body: writtenLike(undefined, body) };
  return { path: [...step.at, 'expect'], value };
}

function headerDifference(expected: string | RegExp | null, actual: string | null): string | undefined {
  if (expected instanceof RegExp && actual !== null) {
    const match = findPattern(expected, actual);
    if ('why' in match) return match.why;
    if (match.matches) return undefined;
  } else if (actual === expected) return undefined;
  return both(shownHeader(expected), shownHeader(actual));
}

function shownHeader(value: string | RegExp | null): string {
  if (value === null) return 'none';
  return value instanceof RegExp ? `text with ${value}` : JSON.stringify(value);
}
