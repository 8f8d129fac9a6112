import { wrongArgument } from '../../composition/options/wrong-argument.ts';
import type { ErrorCode } from '../../interfaces/http/response-sink.ts';
import { isPlainMap, shownValue } from '../../settings/shown-value.ts';
import { parseTimer } from '../../shared/duration.ts';
import { HostError } from '../../shared/host-error.ts';
import { nearestAdvice } from '../../shared/nearest.ts';
import type { OutgoingAnswer, OutgoingHandler, OutgoingRuleOptions } from './outgoing-rule.ts';

/** When and how badly a rule answers, checked. */
export interface RuleTiming {
  readonly after: number;
  readonly times: number;
  /** In milliseconds. */
  readonly delay: number;
  readonly cutAfter: number | undefined;
}

/** The error-codes that a test may name, with their payloads where they have one. */
const payloads: Readonly<Record<string, unknown>> = {
  'DNS-timeout': undefined,
  'DNS-error': { rcode: 'NXDOMAIN', infoCode: undefined },
  'destination-not-found': undefined,
  'destination-unavailable': undefined,
  'destination-IP-prohibited': undefined,
  'destination-IP-unroutable': undefined,
  'connection-refused': undefined,
  'connection-terminated': undefined,
  'connection-timeout': undefined,
  'connection-read-timeout': undefined,
  'connection-write-timeout': undefined,
  'connection-limit-reached': undefined,
  'TLS-protocol-error': undefined,
  'TLS-certificate-error': undefined,
  'TLS-alert-received': { alertId: undefined, alertMessage: undefined },
  'HTTP-request-denied': undefined,
  'HTTP-response-incomplete': undefined,
  'HTTP-response-timeout': undefined,
  'HTTP-upgrade-failed': undefined,
  'HTTP-protocol-error': undefined,
  'loop-detected': undefined,
  'configuration-error': undefined,
  'internal-error': 'a fault of the test',
};
/** All of them. */
export const outgoingErrors: readonly string[] = Object.keys(payloads);

const answerKeys = ['status', 'headers', 'body', 'json'];
const optionKeys = ['after', 'times', 'delay', 'cutAfter'];

/** The error that a name stands for. Throws a `HostError` for another name. */
export function checkedError(given: unknown): ErrorCode {
  if (typeof given === 'string' && Object.hasOwn(payloads, given))
    return { tag: given, val: payloads[given] };
  const advice = typeof given === 'string' ? ` ${nearestAdvice(given, outgoingErrors)}` : '';
  throw new HostError('usage', `outgoing.fail got the error ${shownValue(given)}.${advice}`);
}

/** A function, or an answer that needs none. Throws a `HostError` for anything else. */
export function checkedAnswer(given: unknown): OutgoingHandler | OutgoingAnswer {
  if (typeof given === 'function') return given as OutgoingHandler;
  if (!isPlainMap(given)) {
    throw wrongArgument(
      'outgoing.respond',
      given,
      'a function that answers a Response, or such as { status: 503 }',
    );
  }
  requireKnown('an answer of outgoing.respond', given, answerKeys);
  const { status = 200 } = given;
  if (!Number.isInteger(status) || Number(status) < 200 || Number(status) > 599) {
    throw new HostError(
      'usage',
      `outgoing.respond got the status ${shownValue(status)}. Expected 200 to 599.`,
    );
  }
  return { ...given };
}

/** Throws a `HostError` that says what is wrong. */
export function checkedOptions(given: OutgoingRuleOptions, caller: string): RuleTiming {
  if (!isPlainMap(given)) throw wrongArgument(caller, given, 'options such as { times: 1 }');
  requireKnown(`the options of ${caller}`, given, optionKeys);
  const { after = 0, times = Number.POSITIVE_INFINITY, delay = 0, cutAfter } = given;
  const parsed = delay === 0 ? { value: 0 } : parseTimer(delay as string | number);
  if ('expected' in parsed) {
    throw new HostError('usage', `delay of ${caller} is ${shownValue(delay)}. Expected ${parsed.expected}.`);
  }
  return {
    after: whole('after', after, caller),
    times: times === Number.POSITIVE_INFINITY ? times : whole('times', times, caller),
    delay: parsed.value,
    cutAfter: cutAfter === undefined ? undefined : whole('cutAfter', cutAfter, caller),
  };
}

function whole(name: string, given: unknown, caller: string): number {
  if (Number.isSafeInteger(given) && Number(given) >= 0) return Number(given);
  throw new HostError(
    'usage',
    `${name} of ${caller} is ${shownValue(given)}. Expected a whole number from 0 on.`,
  );
}

function requireKnown(what: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      throw new HostError('usage', `there is no ${name} in ${what}. ${nearestAdvice(name, known)}`);
    }
  }
}
