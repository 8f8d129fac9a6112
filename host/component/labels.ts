import { parseInterfaceName } from '../engine/decode/interface-name.ts';
import type { InterfaceDescription } from '../engine/decode/wit-type.ts';
import { interfaceOf } from '../interfaces/provided.ts';
import { entryFor, type HostInterfaceEntry } from '../settings/host-interfaces-setting.ts';
import { HostError } from '../shared/host-error.ts';

/**
 * Throws a `HostError` naming every import with a label that no entry of `dev.host_interfaces` is for. To go on with the store of imports
 * without a label would be to give a component what it did not ask for.
 */
export function checkLabels(
  imports: readonly InterfaceDescription[],
  entries: readonly HostInterfaceEntry[],
): void {
  const problems = imports.flatMap((item) => whyNoEntry(item, entries) ?? []);
  const [first, ...more] = problems;
  if (first === undefined) return;
  throw new HostError(
    'config',
    more.length === 0 ? first : `these imports have no entry:\n  ${problems.join('\n  ')}`,
  );
}

/** What is wrong with the entry for an import; undefined where there is one, or none is needed. */
export function whyNoEntry(
  { name, label }: InterfaceDescription,
  entries: readonly HostInterfaceEntry[],
): string | undefined {
  if (label === undefined || interfaceOf(name)?.hasLabels !== true) return undefined;
  const { package: owner, unversioned, version } = parseInterfaceName(name);
  const entry = entryFor(entries, owner, label);
  const what = `the import ${label}: ${name}`;
  if (entry === undefined)
    return `${listPlace(entries)}: no entry is for ${what}. Add ${sample(label, unversioned)}.`;
  if (entry.version === undefined || entry.version === version) return undefined;
  return `${entry.place} is for version ${entry.version}, and ${what} is of another one. Change its version, or leave it out.`;
}

/** Where an entry would have to be added. */
function listPlace([first]: readonly HostInterfaceEntry[]): string {
  return first === undefined ? 'dev.host_interfaces' : first.place.replace(/\[\d+\]$/, '');
}

function sample(label: string, unversioned: string): string {
  const [, namespace, owner, own] = /^([^:]*):([^/]*)\/(.*)$/.exec(unversioned) ?? [];
  // The entries of `wasi:config` are values, and have no backend.
  const config = owner === 'config' ? '{ KEY: value }' : '{ backend: in-memory }';
  return `{ namespace: ${namespace}, package: ${owner}, interfaces: [${own}], name: ${label}, config: ${config} }`;
}
