import { type Codec, parts, WrongValue } from './codec.ts';

/** `date`. */
export type DateValue =
  | { readonly tag: 'positive-infinity' | 'negative-infinity' }
  | { readonly tag: 'ymd'; readonly val: readonly [year: number, month: number, day: number] };

/** `time`. */
export interface TimeValue {
  readonly hour: number;
  readonly min: number;
  readonly sec: number;
  readonly micro: number;
}

/** `timestamp`. */
export interface TimestampValue {
  readonly date: DateValue;
  readonly time: TimeValue;
}

/** `timestamp-tz`: what a clock shows there, and how far it is from UTC. */
export interface TimestampTzValue {
  readonly timestamp: TimestampValue;
  readonly offset: {
    readonly tag: 'eastern-hemisphere-secs' | 'western-hemisphere-secs';
    readonly val: number;
  };
}

/** `interval`, which has the parts of a range of dates. */
export interface IntervalValue {
  readonly start: DateValue;
  readonly startInclusive: boolean;
  readonly end: DateValue;
  readonly endInclusive: boolean;
}

/** `time-tz`, with the name that the WIT has. */
export interface TimeTzValue {
  readonly timesonze: string;
  readonly time: TimeValue;
}

const infinities = { infinity: 'positive-infinity', '-infinity': 'negative-infinity' } as const;
const midnight: TimeValue = { hour: 0, min: 0, sec: 0, micro: 0 };
const datePattern = /^(\d+)-(\d+)-(\d+)( BC)?$/;
const timePattern = /^(\d+):(\d+):(\d+)(?:\.(\d{1,6}))?$/;
const timestampPattern = /^(\d+-\d+-\d+) ([\d:.]+)(?:([+-])(\d+)(?::(\d+))?(?::(\d+))?)?( BC)?$/;
const rangePattern = /^([[(])"?([^",]*)"?,"?([^",]*)"?([\])])$/;

export const date: Codec<DateValue> = {
  write(value) {
    if (value.tag !== 'ymd') return value.tag === 'positive-infinity' ? 'infinity' : '-infinity';
    const [day, era] = dateText(value.val);
    return day + era;
  },
  read(text) {
    const infinity = infinityOf(text);
    if (infinity !== undefined) return infinity;
    const [year, month, day, era] = parts(datePattern, text, 'date');
    return ymd(Number(year), Number(month), Number(day), era);
  },
};

export const time: Codec<TimeValue> = {
  write: ({ hour, min, sec, micro }) =>
    `${two(hour)}:${two(min)}:${two(sec)}.${String(micro).padStart(6, '0')}`,
  read(text) {
    const [hour, min, sec, fraction = ''] = parts(timePattern, text, 'time');
    return { hour: Number(hour), min: Number(min), sec: Number(sec), micro: Number(fraction.padEnd(6, '0')) };
  },
};

export const timeTz: Codec<TimeTzValue> = {
  write: ({ timesonze, time: value }) => `${time.write(value)} ${timesonze}`,
  read(text) {
    const [clock, zone] = parts(/^([\d:.]+)([+-].*)$/, text, 'time with a time zone');
    return { timesonze: zone ?? '', time: time.read(clock ?? '') };
  },
};

export const timestamp: Codec<TimestampValue> = {
  write: (value) => timestampText(value, ''),
  read(text) {
    const infinity = infinityOf(text);
    if (infinity !== undefined) return { date: infinity, time: midnight };
    const [day, clock, , , , , era = ''] = parts(timestampPattern, text, 'timestamp');
    return { date: date.read(`${day}${era}`), time: time.read(clock ?? '') };
  },
};

/** Answered in UTC, as wash does, whatever the time zone of the session is. */
export const timestampTz: Codec<TimestampTzValue> = {
  write({ timestamp: value, offset: { tag, val } }) {
    const east = tag === 'eastern-hemisphere-secs' ? val : -val;
    const [hours, minutes, seconds] = clockOf(Math.abs(east));
    return timestampText(value, `${east < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}:${two(seconds)}`);
  },
  read(text) {
    const offset = { tag: 'western-hemisphere-secs', val: 0 } as const;
    const local = timestamp.read(text);
    if (local.date.tag !== 'ymd') return { timestamp: local, offset };
    const [, , sign, hours = '0', minutes = '0', seconds = '0'] = parts(timestampPattern, text, 'timestamp');
    const east = Number(`${sign ?? '+'}1`) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
    const { hour, min, sec, micro } = local.time;
    const past = hour * 3600 + min * 60 + sec - east;
    const days = Math.floor(past / 86_400);
    const [utcHour, utcMin, utcSec] = clockOf(past - days * 86_400);
    const day = { tag: 'ymd', val: dayOf(dayNumber(local.date.val) + days) } as const;
    return { timestamp: { date: day, time: { hour: utcHour, min: utcMin, sec: utcSec, micro } }, offset };
  },
};

/** Kept as a `daterange`: PostgreSQL's own `interval` has no dates. An end that is open is infinite and excluded. */
export const interval: Codec<IntervalValue> = {
  write({ start, startInclusive, end, endInclusive }) {
    const bound = (day: DateValue, isIncluded: boolean): string =>
      day.tag === 'ymd' || isIncluded ? `"${date.write(day)}"` : '';
    const [first, last] = [bound(start, startInclusive), bound(end, endInclusive)];
    return `${startInclusive ? '[' : '('}${first},${last}${endInclusive ? ']' : ')'}`;
  },
  read(text) {
    if (text === 'empty') throw new WrongValue('it is an empty range: cast it to text');
    const [opening, first = '', last = '', closing] = parts(rangePattern, text, 'range of dates');
    return {
      start: first === '' ? { tag: 'negative-infinity' } : date.read(first),
      startInclusive: opening === '[',
      end: last === '' ? { tag: 'positive-infinity' } : date.read(last),
      endInclusive: closing === ']',
    };
  },
};

function timestampText({ date: day, time: clock }: TimestampValue, zone: string): string {
  if (day.tag !== 'ymd') return date.write(day);
  const [text, era] = dateText(day.val);
  return `${text} ${time.write(clock)}${zone}${era}`;
}

/** The year before 1 is 0, which PostgreSQL calls 1 BC. */
function dateText([year, month, day]: readonly [number, number, number]): [text: string, era: string] {
  const isBefore = year <= 0;
  return [
    `${String(isBefore ? 1 - year : year).padStart(4, '0')}-${two(month)}-${two(day)}`,
    isBefore ? ' BC' : '',
  ];
}

function ymd(year: number, month: number, day: number, era: string | undefined): DateValue {
  return { tag: 'ymd', val: [era === undefined ? year : 1 - year, month, day] };
}

function infinityOf(text: string): DateValue | undefined {
  return text === 'infinity' || text === '-infinity' ? { tag: infinities[text] } : undefined;
}

function clockOf(seconds: number): [hours: number, minutes: number, seconds: number] {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
}

/** Days since 1970-01-01 in the Gregorian calendar. Source: https://howardhinnant.github.io/date_algorithms.html */
function dayNumber([year, month, day]: readonly [number, number, number]): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The other way round. */
function dayOf(number: number): [year: number, month: number, day: number] {
  const shifted = number + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthOfYear = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthOfYear + 2) / 5) + 1;
  const month = monthOfYear < 10 ? monthOfYear + 3 : monthOfYear - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
