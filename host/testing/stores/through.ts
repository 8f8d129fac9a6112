import { wrongArgument } from '../../composition/options/wrong-argument.ts';
import { isPlainMap, shownValue } from '../../settings/shown-value.ts';
import { HostError } from '../../shared/host-error.ts';
import { addressOf } from '../../shared/labelled-name.ts';

/** Through which import a component reaches something. */
export interface Through {
  /** Its label: `cache` of `import cache: wasi:keyvalue/store`. Default: it has none. */
  readonly label?: string;
}

/**
 * The address of what a component reaches so. Throws a `HostError` for a label that there is not.
 *
 * @param caller the function that got it
 * @param labels those that there are
 */
export function addressThrough(
  caller: string,
  name: string,
  through: unknown,
  labels: readonly string[],
): string {
  if (through === undefined) return name;
  if (!isPlainMap(through)) throw wrongArgument(caller, through, 'an option such as { label: "cache" }');
  const { label } = through;
  if (label === undefined) return name;
  const known = labels.find((one) => one === label);
  if (known !== undefined) return addressOf(known, name);
  const there = labels.length === 0 ? 'there are none' : `there are ${labels.join(', ')}`;
  throw new HostError('usage', `${caller}: no import has the label ${shownValue(label)}; ${there}.`);
}
