import { redactUrls } from '../../../settings/redact.ts';
import { formatDuration } from '../../../shared/duration.ts';
import type { BackendSettings } from './backend-settings.ts';
import type { Refusal } from './refusals.ts';

/** What `store.open(identifier)` gets: a bucket of a store, or a refusal. */
export type IdentifierRule = BackendSettings | Refusal;

/** Which store serves which identifier; ask {@link ruleFor}. */
export interface KeyvalueSettings {
  /** The store of every identifier that nothing else is said about. */
  readonly default: BackendSettings;
  /** Identifiers with a rule of their own. */
  readonly named: ReadonlyMap<string, IdentifierRule>;
  /** What every other identifier gets. Default: a bucket of `default`. */
  readonly others: IdentifierRule;
}

/** The rule for what a component passes to `store.open`. */
export function ruleFor(keyvalue: KeyvalueSettings, identifier: string): IdentifierRule {
  return keyvalue.named.get(identifier) ?? keyvalue.others;
}

/** A store and its options on one line, with the password of its URL hidden. */
export function formatRule(rule: IdentifierRule): string {
  if (typeof rule === 'string') return rule;
  const place = 'url' in rule ? redactUrls(rule.url) : 'path' in rule ? rule.path : '';
  const options = [
    rule.kind === 'module' && Object.keys(rule.options).length > 0
      ? `options ${Object.keys(rule.options).join(' ')}`
      : '',
    rule.prefix === undefined ? '' : `prefix ${JSON.stringify(rule.prefix)}`,
    rule.ttl === undefined ? '' : `ttl ${formatDuration(rule.ttl)}`,
    rule.counters === undefined ? '' : `counters ${rule.counters}`,
    rule.seed === undefined ? '' : `seed ${rule.seed.path}`,
  ].filter((option) => option !== '');
  const list = options.length > 0 ? `(${options.join(', ')})` : '';
  return [rule.kind, place, list].filter((part) => part !== '').join(' ');
}
