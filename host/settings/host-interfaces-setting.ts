import type { Parsed } from '../shared/parsed.ts';
import { placeOfKey } from './at-place.ts';
import { fileKey } from './file-key.ts';
import { looksSecret } from './redact.ts';
import type { Setting, Sources } from './setting.ts';
import type { TextMap } from './text-map.ts';

/**
 * What the host is asked to provide, and how: an entry of `dev.host_interfaces`, as wash has it.
 * Source: `WitInterface` of wash-runtime.
 */
export interface HostInterfaceEntry {
  /** With its namespace: `wasi:keyvalue`. */
  readonly package: string;
  /** Such as `store`. Default: all of the package. */
  readonly interfaces: readonly string[];
  /** Such as `0.2.0-draft`. Default: any. */
  readonly version: string | undefined;
  /** The label of the imports that it is for: `cache` of `import cache: wasi:keyvalue/store`; undefined: those without one. */
  readonly label: string | undefined;
  readonly config: TextMap;
  /** Its number in the list. */
  readonly index: number;
  /** See `placeOfKey`. */
  readonly place: string;
}

/** Its entries have secrets, whatever they are called. */
export const secretsPackage = 'wasmcloud:secrets';

const longestLabel = 64;

const key = fileKey('dev.host_interfaces', ({ sections, required, text, texts, textMap, parsed }) =>
  sections(
    {
      namespace: required(text('Such as `wasi`.')),
      package: required(text('Such as `keyvalue`.')),
      interfaces: texts('Such as `store`.'),
      version: text('Such as `0.2.0-draft`. Default: any.'),
      config: textMap(
        'Where it is: `backend`, and what that backend takes; of `wasi:config` and `wasmcloud:secrets`, the values.',
      ),
      name: parsed(
        parseLabel,
        'The label of the imports that it is for. Default: those without a label, for which a package has one entry at most.',
      ),
    },
    'What imports get, by their labels: which store `import cache: wasi:keyvalue/store` is.',
  ),
);

/** What the file has under the key, in its order. Two that can't be told apart are a problem. */
export function hostInterfacesOf(sources: Pick<Sources, 'file' | 'report'>): HostInterfaceEntry[] {
  const { file, report } = sources;
  const entries = (file?.written(key) ?? []).map((written, index): HostInterfaceEntry => {
    const { namespace, package: name, interfaces, version, config, name: label } = written;
    return {
      package: `${namespace}:${name}`,
      interfaces: interfaces ?? [],
      version: version ?? undefined,
      label: label ?? undefined,
      config: config ?? {},
      index,
      place: placeOfKey({ file }, ['dev', 'host_interfaces', index]),
    };
  });
  for (const [index, entry] of entries.entries()) {
    const other = entries.slice(0, index).find((one) => isSame(one, entry));
    if (other === undefined) continue;
    report.problem(() =>
      entry.label === undefined
        ? `${entry.place} of ${entry.package} has no name, as dev.host_interfaces[${other.index}] has none. Only one entry of a package may be without; name the label of an import.`
        : `${placeOfKey({ file }, ['dev', 'host_interfaces', index, 'name'])} is "${entry.label}", as that of dev.host_interfaces[${other.index}] of ${entry.package} is. Expected a name of its own.`,
    );
  }
  return entries;
}

/** Entries of a package are told apart by their labels alone. */
function isSame(one: HostInterfaceEntry, other: HostInterfaceEntry): boolean {
  return one.package === other.package && one.label === other.label;
}

/**
 * The entry for the imports of a package with a label, or for those without one; undefined where there is none.
 *
 * @param owner such as `wasmcloud:messaging`
 */
export function entryFor(
  entries: readonly HostInterfaceEntry[],
  owner: string,
  label: string | undefined,
): HostInterfaceEntry | undefined {
  return entries.find((one) => one.package === owner && one.label === label);
}

/**
 * The entries of packages that share what they reach, one for each label: where several packages have one, these have to say the same.
 *
 * @param packages by their names
 */
export function sharedEntries(
  entries: readonly HostInterfaceEntry[],
  packages: Readonly<Record<string, unknown>>,
  report: Sources['report'],
): HostInterfaceEntry[] {
  const shared: HostInterfaceEntry[] = [];
  for (const entry of entries) {
    if (!Object.hasOwn(packages, entry.package)) continue;
    const twin = shared.find(({ label }) => label === entry.label);
    if (twin === undefined) shared.push(entry);
    else if (!isSameConfig(twin, entry)) report.problem(() => notOneStore(entry, twin));
  }
  return shared;
}

/** Whether an entry says where imports without a label have what they store. */
export function saysStore(
  entries: readonly HostInterfaceEntry[],
  packages: Readonly<Record<string, unknown>>,
): boolean {
  return entries.some(
    ({ package: owner, label, config }) =>
      Object.hasOwn(packages, owner) && label === undefined && config.backend !== undefined,
  );
}

function isSameConfig(one: HostInterfaceEntry, other: HostInterfaceEntry): boolean {
  const sorted = ({ config }: HostInterfaceEntry) => JSON.stringify(Object.entries(config).sort());
  return sorted(one) === sorted(other);
}

function notOneStore({ place, package: owner, label }: HostInterfaceEntry, twin: HostInterfaceEntry): string {
  const which = label === undefined ? 'what has no name' : `"${label}"`;
  return `${place} of ${owner} has another config than dev.host_interfaces[${twin.index}] of ${twin.package}. Both packages share their stores, so ${which} is one store: give both the same config, or other names.`;
}

export const hostInterfacesSettings = [
  {
    name: 'hostInterfaces',
    keys: [key],
    resolve(sources): readonly HostInterfaceEntry[] {
      const entries = hostInterfacesOf(sources);
      for (const { package: owner, config, index } of entries) {
        const at = ['dev', 'host_interfaces', index, 'config'];
        for (const name of Object.keys(config)) {
          sources.origins.set(`hostInterfaces[${index}].${name}`, sources.file?.locate([...at, name]) ?? '');
          if (owner === secretsPackage || looksSecret(name))
            sources.secrets.add(`hostInterfaces[${index}].${name}`);
        }
      }
      return entries;
    },
    *show(entries: readonly HostInterfaceEntry[]) {
      for (const { config, index } of entries) {
        for (const [name, text] of Object.entries(config)) yield [`hostInterfaces[${index}].${name}`, text];
      }
    },
  },
] as const satisfies readonly [Setting<'hostInterfaces', readonly HostInterfaceEntry[]>];

/** Checks the label of an import, as wash does. */
export function parseLabel(text: string): Parsed<string> {
  return /^[a-z0-9][a-z0-9-]*$/.test(text) && text.length <= longestLabel
    ? { value: text }
    : {
        expected: `a label of an import, such as "cache": at most ${longestLabel} of a-z, 0-9 and "-", and no "-" first`,
      };
}
