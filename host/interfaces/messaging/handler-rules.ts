import { parseTimer } from '../../shared/duration.ts';
import { whyNoPattern } from './subject.ts';

/** What a component that handles messages gets, and how many at once. */
export interface HandlerRules {
  /** What it has subscribed to; empty: nothing was said. */
  readonly subscriptions: readonly string[];
  /** See `Subscriber.group`. */
  readonly group: string | undefined;
  /** How many messages it handles at once. */
  readonly inFlight: number;
  /** How long a message may wait for it, in milliseconds. */
  readonly longestWait: number;
}

/** The value of `consumer_group` by which each component gets each message. Source: wash. */
const broadcast = 'broadcast';
const defaultWait = 30_000;
const mostWait = 600_000;

/**
 * Reads what the configuration of a component says of its messages, by wash's names: `subscriptions`, `consumer_group`, `max_in_flight`
 * and `admission_wait`. What can't be read is told, and counts as if it were absent.
 *
 * @param config of the component, over that of the interface
 * @param ownGroup the group of a component that names none
 * @param mostInFlight how many messages a component may ask for, and what one gets that does not ask
 */
export function handlerRules(
  config: Readonly<Record<string, string>>,
  ownGroup: string,
  mostInFlight: number,
  tell: (text: string) => void,
): HandlerRules {
  const { subscriptions = '', consumer_group: group, max_in_flight: most, admission_wait: wait } = config;
  return {
    subscriptions: patternsOf(subscriptions, tell),
    group: groupOf(group, ownGroup, tell),
    inFlight: inFlightOf(most, mostInFlight, tell),
    longestWait: waitOf(wait, tell),
  };
}

function patternsOf(text: string, tell: (text: string) => void): string[] {
  const patterns = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return [...new Set(patterns)].filter((pattern) => {
    const reason = whyNoPattern(pattern);
    if (reason !== undefined)
      tell(`subscriptions names ${JSON.stringify(pattern)}, which ${reason}; it is left out`);
    return reason === undefined;
  });
}

function groupOf(
  text: string | undefined,
  otherwise: string,
  tell: (text: string) => void,
): string | undefined {
  if (text === undefined) return otherwise;
  if (text === broadcast) return undefined;
  if (/^[^\s*>]+$/.test(text)) return text;
  tell(
    `consumer_group is ${JSON.stringify(text)}; expected a name without blanks, * and >, or ${broadcast}. The component has a group of its own`,
  );
  return otherwise;
}

function inFlightOf(text: string | undefined, most: number, tell: (text: string) => void): number {
  const given = text?.trim() ?? '';
  // 0 is no bound of its own; source: wash.
  if (given === '' || /^0+$/.test(given)) return most;
  if (!/^\d+$/.test(given)) {
    tell(`max_in_flight is ${JSON.stringify(text)}; expected a whole number. It is ${most}`);
    return most;
  }
  if (Number(given) > most)
    tell(`max_in_flight is ${given}, and dev.limits.messagesInFlight ${most}, which counts`);
  return Math.min(Number(given), most);
}

/** A bare number is seconds; source: wash. */
function waitOf(text: string | undefined, tell: (text: string) => void): number {
  const given = text?.trim() ?? '';
  if (given === '') return defaultWait;
  const parsed = parseTimer(/^\d+$/.test(given) ? `${given}s` : given);
  if ('expected' in parsed) {
    tell(
      `admission_wait is ${JSON.stringify(text)}; expected a duration such as 45s. It is ${defaultWait / 1000}s`,
    );
    return defaultWait;
  }
  if (parsed.value > mostWait) tell(`admission_wait is ${given}; it is ${mostWait / 60_000}m, the longest`);
  return Math.min(parsed.value, mostWait);
}
