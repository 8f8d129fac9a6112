import type { KeyPath } from '../../settings/file/parsed-file.ts';
import { bytesOf, wantedOf } from './bytes.ts';
import { bucketsOf, milliseconds } from './checked-values.ts';
import { readRule } from './outgoing-rules.ts';
import { readFault } from './read-fault.ts';
import { parseRegex } from './regex.ts';
import type { ExpectedAnswer, RequestStep, Step } from './scenario.ts';
import type { WrittenStep } from './schema.ts';
import { SHORT_REQUEST } from './schema-step.ts';

type WrittenExpectation = WrittenStep['expect'];

/** Steps that the schema has checked, as they are run. */
export function readSteps(steps: readonly WrittenStep[], path: KeyPath): Step[] {
  return steps.map((step, index): Step => {
    const at = [...path, index];
    if (step.advance != null) return { kind: 'advance', at, milliseconds: milliseconds(step.advance) };
    if (step.faults != null) return { kind: 'faults', at, faults: step.faults.map(readFault) };
    if (step.write != null) {
      const buckets = bucketsOf(step.write, (value) => (value === null ? undefined : bytesOf(value)));
      return { kind: 'write', at, buckets };
    }
    // The last rule that was added answers first.
    if (step.outgoing != null) return { kind: 'outgoing', at, rules: step.outgoing.map(readRule).reverse() };
    const messages = step.messages ?? undefined;
    if (step.publish != null) {
      const { subject, body, replyTo } = step.publish;
      return {
        kind: 'publish',
        at,
        subject,
        body: body == null ? new Uint8Array() : bytesOf(body),
        replyTo: replyTo ?? undefined,
        outcome: step.outcome ?? 'handled',
        reply: step.reply == null ? undefined : wantedOf(step.reply),
        messages,
      };
    }
    const sends = step.sends ?? undefined;
    return {
      kind: 'request',
      at,
      ...requestOf(step.request ?? ''),
      expected: expectedOf(step.expect),
      sends,
      messages,
    };
  });
}

function requestOf(
  given: NonNullable<WrittenStep['request']>,
): Pick<RequestStep, 'method' | 'path' | 'headers' | 'body'> {
  if (typeof given === 'string') {
    const [, method = 'GET', path = '/'] = SHORT_REQUEST.exec(given) ?? [];
    return { method: method.toUpperCase(), path, headers: [], body: undefined };
  }
  const { method, path, body } = given;
  const headers = Object.entries(given.headers ?? {}).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  );
  const isJson = typeof body === 'object' && body !== null && 'json' in body;
  const namesType = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    method: method ?? (body == null ? 'GET' : 'POST'),
    path,
    headers: isJson && !namesType ? [...headers, ['content-type', 'application/json']] : headers,
    body: body == null ? undefined : bytesOf(body),
  };
}

function expectedOf(given: WrittenExpectation): ExpectedAnswer {
  const any = { status: undefined, headers: new Map(), body: undefined, isComplete: true };
  if (given == null) return { ...any, form: 'none' };
  if (typeof given === 'number') return { ...any, form: 'status', status: given };
  const headers = Object.entries(given.headers ?? {}).map(
    ([name, value]): [string, string | RegExp | null] => {
      if (value === null || typeof value === 'string') return [name, value];
      const regex = parseRegex(value.regex);
      return [name, 'value' in regex ? regex.value : null];
    },
  );
  return {
    form: 'parts',
    status: given.status ?? undefined,
    headers: new Map(headers),
    body: given.body == null ? undefined : wantedOf(given.body),
    isComplete: given.complete ?? true,
  };
}
