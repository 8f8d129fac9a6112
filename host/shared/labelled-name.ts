/** What was opened through an import with a label. */
export interface LabelledName {
  readonly label: string;
  readonly name: string;
}

/**
 * How everybody but the component calls a bucket or a container that is reached through an import with a label: `@cache/visits` is
 * `visits` of the import `cache`. Labels have no slash.
 */
export function addressOf(label: string | undefined, name: string): string {
  return label === undefined ? name : `@${label}/${name}`;
}

/** What an address names. @param isLabel whether there is such a label; a text that names none is the name of something without one */
export function labelledName(address: string, isLabel: (label: string) => boolean): LabelledName | undefined {
  if (!address.startsWith('@')) return undefined;
  const end = address.indexOf('/');
  const label = address.slice(1, end);
  return end > 1 && isLabel(label) ? { label, name: address.slice(end + 1) } : undefined;
}
