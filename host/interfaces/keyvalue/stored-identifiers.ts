import { addressOf } from '../../shared/labelled-name.ts';
import { compareByBytes } from './backends/byte-order.ts';
import type { BackendSettings } from './configuration/backend-settings.ts';
import { type KeyvalueSettings, labelledBucket } from './configuration/store-rules.ts';
import type { Stores } from './stores.ts';

/**
 * The identifiers under which stores keep something, in byte order. A store that can't tell is left out, and so is what is reached by
 * no identifier.
 *
 * @throws {StoreError} where one of them is away
 */
export async function storedIdentifiers(
  { named, others, labels }: KeyvalueSettings,
  stores: Pick<Stores, 'bucketsOf'>,
): Promise<string[]> {
  const found = new Set<string>();
  const look = async (rule: BackendSettings, start: string, isMeant: (name: string) => boolean) => {
    for (const name of await stores.bucketsOf(rule, start)) if (isMeant(name)) found.add(name);
  };
  for (const [identifier, rule] of named) {
    if (typeof rule !== 'string') await look(rule, identifier, (name) => name === identifier);
  }
  const isOther = (name: string) => !named.has(name) && labelledBucket({ labels }, name) === undefined;
  if (typeof others !== 'string') await look(others, '', isOther);
  for (const [label, rule] of labels ?? []) {
    for (const name of await stores.bucketsOf(rule, '')) found.add(addressOf(label, name));
  }
  return [...found].sort(compareByBytes);
}
