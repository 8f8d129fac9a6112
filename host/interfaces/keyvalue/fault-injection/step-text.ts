import type { KeyvalueCall } from '../interceptor.ts';
import { Cas } from '../keyvalue.ts';

/** How much of a value is shown, in characters. */
const mostShown = 40;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** An operation in words, and what the guest got. */
export function stepText(call: KeyvalueCall, result: unknown): string {
  const answer = answerOf(call, result);
  return answer === undefined ? subject(call) : `${subject(call)} → ${answer}`;
}

/** An operation in words that failed for the guest. */
export function failedStepText(call: KeyvalueCall, reason: unknown): string {
  return `${subject(call)} → failed: ${reason instanceof Error ? reason.message : String(reason)}`;
}

function subject({ op, bucket, keys, written }: KeyvalueCall): string {
  const place = keys.length === 0 ? bucket : `${bucket}/${keys.map(shownKey).join(',')}`;
  const given =
    written === undefined ? '' : ` ${typeof written === 'bigint' ? written : shownValue(written)}`;
  return `${op} ${place}${given}`;
}

function answerOf({ op, keys }: KeyvalueCall, result: unknown): string | undefined {
  switch (op) {
    case 'get':
      return shownValue(result as Uint8Array | undefined);
    case 'exists':
      return result === true ? 'yes' : 'no';
    case 'increment':
      return String(result);
    case 'cas.new':
      return result instanceof Cas ? shownValue(result.current()) : undefined;
    case 'swap':
      return result instanceof Cas ? `refused, it is ${shownValue(result.current())}` : 'done';
    case 'list-keys':
      return (result as { keys: readonly string[] }).keys.map(shownKey).join(', ') || 'no keys';
    case 'get-many':
      return (result as readonly (readonly [string, Uint8Array | undefined] | undefined)[])
        .map((pair, index) => `${shownKey(keys[index] ?? '')} ${shownValue(pair?.[1])}`)
        .join(', ');
    default:
      return undefined;
  }
}

function shownKey(key: string): string {
  return /^[\x21-\x7e]+$/.test(key) ? key : JSON.stringify(key);
}

function shownValue(value: Uint8Array | undefined): string {
  if (value === undefined) return '(no value)';
  const text = textOf(value);
  return text.length <= mostShown ? text : `${text.slice(0, mostShown)}…`;
}

function textOf(value: Uint8Array): string {
  try {
    return JSON.stringify(decoder.decode(value));
  } catch {
    return `0x${Buffer.from(value).toString('hex')}`;
  }
}
