import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { Datetime, KeyValue } from '../../../interfaces/otel/wit-types.ts';

/** Seconds and nanoseconds since 1970, as OpenTelemetry's libraries have them. */
export type HrTime = [number, number];

/** The last second that four more digits of a year do not have to tell: of the year 2500. */
const lastSecond = 16_725_225_600;
const nanosecondsInSecond = 1_000_000_000;
/** How deep a value of a guest's may be nested; a deeper one is passed on as the text that it is. */
const deepest = 16;
/** How many attributes of one thing are passed on. */
const mostAttributes = 128;
const bytesPrefix = 'data:application/octet-stream;base64,';

/** @param milliseconds since 1970 */
export function hrTime(milliseconds: number): HrTime {
  const whole = Math.floor(milliseconds / 1000);
  return [whole, Math.round((milliseconds - whole * 1000) * 1_000_000)];
}

/** A moment as a guest tells it, whatever that is. */
export function guestTime({ seconds, nanoseconds }: Datetime): HrTime {
  return [Math.min(Number(seconds), lastSecond), Math.min(nanoseconds, nanosecondsInSecond - 1)];
}

/** How long it is from one moment to another; nothing where the second one is earlier. */
export function between([fromSeconds, fromNanos]: HrTime, [toSeconds, toNanos]: HrTime): HrTime {
  const nanos = toNanos - fromNanos;
  const seconds = toSeconds - fromSeconds - (nanos < 0 ? 1 : 0);
  return seconds < 0 ? [0, 0] : [seconds, nanos < 0 ? nanos + nanosecondsInSecond : nanos];
}

/** Attributes as a guest tells them, and how many of them were left out. */
export function guestAttributes(pairs: readonly KeyValue[]): {
  readonly attributes: Attributes;
  readonly dropped: number;
} {
  const attributes: Record<string, AttributeValue> = Object.create(null);
  let count = 0;
  for (const { key, value } of pairs) {
    if (key === '' || count >= mostAttributes) continue;
    count += 1;
    // OTLP has maps and lists of anything, which the type of the libraries leaves out.
    attributes[key] = guestValue(value) as AttributeValue;
  }
  return { attributes, dropped: pairs.length - count };
}

/** A value that is JSON; what is none is text. */
export function guestValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text, (_, part: unknown) => sendable(part));
    return isDeep(value, deepest) ? text : value;
  } catch {
    return text;
  }
}

/** What OTLP has no number or word for is text: receivers refuse all that comes with it. */
function sendable(part: unknown): unknown {
  if (part === null) return 'null';
  if (typeof part === 'number')
    return Number.isInteger(part) && !Number.isSafeInteger(part) ? String(part) : part;
  if (typeof part === 'string' && part.startsWith(bytesPrefix))
    return new Uint8Array(Buffer.from(part.slice(bytesPrefix.length), 'base64'));
  return part;
}

/** How many there are of something, as a guest tells it. */
export function guestCount(count: number | bigint): number {
  return Number(count < Number.MAX_SAFE_INTEGER ? count : Number.MAX_SAFE_INTEGER);
}

function isDeep(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false;
  return left === 0 || Object.values(value).some((part) => isDeep(part, left - 1));
}
