import type { ResolvedSettings } from '../../composition/settings.ts';
import type { BackendSettings } from '../../interfaces/keyvalue/configuration/backend-settings.ts';
import type {
  IdentifierRule,
  KeyvalueSettings,
} from '../../interfaces/keyvalue/configuration/store-rules.ts';
import { addressOf } from '../../shared/labelled-name.ts';

/**
 * The stores of a test whose options name a configuration file. The file's stores are not used: its identifiers get the default store
 * of the options, in memory unless they name one, and keep what the file says of them besides.
 *
 * @param own what the options come to by themselves
 * @param given the rules of the options
 * @param hasLabels whether the options say what labels stand for
 */
export function storesOfTest(
  { settings: { keyvalue: file }, origins }: ResolvedSettings,
  own: KeyvalueSettings,
  given: Readonly<Record<string, unknown>>,
  hasLabels: boolean,
): KeyvalueSettings {
  // Whether the file says what identifiers get that are not listed.
  const hasOthers = origins.has('keyvalue.others');
  const moved = (rule: IdentifierRule): IdentifierRule =>
    typeof rule === 'string' ? rule : movedTo(own.default, rule);
  const base = Object.hasOwn(given, 'default')
    ? merged(file.default, own.default)
    : movedTo(own.default, file.default);
  const named = new Map<string, IdentifierRule>();
  for (const [name, rule] of file.named) named.set(name, rule === file.default ? base : moved(rule));
  for (const [name, rule] of own.named) {
    named.set(name, rule === own.default ? base : merged(file.named.get(name), rule));
  }
  const others = Object.hasOwn(given, '*') ? own.others : hasOthers ? moved(file.others) : base;
  const { labels } = hasLabels ? own : { labels: labelsOfTest(file.labels, own.default) };
  return { default: base, named, others, labels };
}

/** The stores of a file's labels: all in one store of the test, where names keep them apart. */
function labelsOfTest(file: KeyvalueSettings['labels'], store: BackendSettings): KeyvalueSettings['labels'] {
  if (file === undefined) return undefined;
  return new Map(
    [...file].map(([label, rule]) => {
      const namespace = (store.namespace ?? '') + addressOf(label, '');
      return [label, { ...movedTo(store, rule), namespace }];
    }),
  );
}

/** A store with what a file says of the buckets. */
function movedTo(store: BackendSettings, { ttl, counters }: BackendSettings): BackendSettings {
  const { ttl: _ttl, counters: _counters, seed: _seed, ...place } = store;
  return {
    ...place,
    ...(ttl === undefined ? {} : { ttl }),
    ...(counters === undefined ? {} : { counters }),
  };
}

function merged<Rule extends IdentifierRule>(
  file: IdentifierRule | undefined,
  own: Rule,
): Rule | BackendSettings {
  if (typeof own === 'string' || file === undefined || typeof file === 'string') return own;
  const { ttl = file.ttl, counters = file.counters } = own;
  return movedTo(own, {
    kind: 'in_memory',
    ...(ttl === undefined ? {} : { ttl }),
    ...(counters === undefined ? {} : { counters }),
  });
}
