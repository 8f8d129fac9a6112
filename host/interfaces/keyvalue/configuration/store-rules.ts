import { redactUrls } from '../../../settings/redact.ts';
import { formatDuration } from '../../../shared/duration.ts';
import { type LabelledName, labelledName } from '../../../shared/labelled-name.ts';
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
  /** The stores of imports with labels, by these. Default: none. */
  readonly labels?: ReadonlyMap<string, BackendSettings> | undefined;
}

/** The rule for what a component passes to `store.open`. @param identifier or an address: see `addressOf` */
export function ruleFor(keyvalue: KeyvalueSettings, identifier: string): IdentifierRule {
  const { labels } = keyvalue;
  const labelled = labels === undefined ? undefined : labelledBucket(keyvalue, identifier);
  const store = labelled === undefined ? undefined : labels?.get(labelled.label);
  return store ?? keyvalue.named.get(identifier) ?? keyvalue.others;
}

/** What an address names; undefined for an identifier without a label. */
export function labelledBucket(
  { labels }: Pick<KeyvalueSettings, 'labels'>,
  address: string,
): LabelledName | undefined {
  return labels === undefined || labels.size === 0
    ? undefined
    : labelledName(address, (label) => labels.has(label));
}

/** The same with another default store, which everything has that had the one of before. */
export function withDefault(keyvalue: KeyvalueSettings, store: BackendSettings): KeyvalueSettings {
  const moved = (rule: IdentifierRule): IdentifierRule => (rule === keyvalue.default ? store : rule);
  return {
    ...keyvalue,
    default: store,
    named: new Map([...keyvalue.named].map(([name, rule]) => [name, moved(rule)])),
    others: moved(keyvalue.others),
  };
}

/** Every rule that there is. */
export function rulesOf({ default: base, named, others, labels }: KeyvalueSettings): IdentifierRule[] {
  return [base, others, ...named.values(), ...(labels?.values() ?? [])];
}

/** A store and its options on one line, with the password of its URL hidden. */
export function formatRule(rule: IdentifierRule): string {
  if (typeof rule === 'string') return rule;
  const place = 'url' in rule ? redactUrls(rule.url) : 'path' in rule ? rule.path : '';
  const options = [
    rule.kind === 'module' && Object.keys(rule.options).length > 0
      ? `options ${Object.keys(rule.options).join(' ')}`
      : '',
    rule.kind === 'redis' && rule.isFlat === true ? 'flat' : '',
    rule.prefix === undefined ? '' : `prefix ${JSON.stringify(rule.prefix)}`,
    rule.ttl === undefined ? '' : `ttl ${formatDuration(rule.ttl)}`,
    rule.counters === undefined ? '' : `counters ${rule.counters}`,
    rule.seed === undefined ? '' : `seed ${rule.seed.path}`,
  ].filter((option) => option !== '');
  const list = options.length > 0 ? `(${options.join(', ')})` : '';
  return [rule.kind, place, list].filter((part) => part !== '').join(' ');
}
