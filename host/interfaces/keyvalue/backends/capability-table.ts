import { BACKEND_NAMES, type BackendName } from '../configuration/backend-settings.ts';
import type { Capabilities } from './definition.ts';
import { loadBackend } from './registry.ts';

/** The capabilities of each backend of the host, by name. */
export async function allCapabilities(): Promise<ReadonlyMap<BackendName, Capabilities>> {
  const table = new Map<BackendName, Capabilities>();
  for (const name of BACKEND_NAMES) table.set(name, (await loadBackend(name)).capabilities);
  return table;
}

/** The capabilities as the rows of a table: the first has the headings. */
export function capabilityRows(table: ReadonlyMap<string, Capabilities>): string[][] {
  const rows = [...table].map(([name, capabilities]) => [
    name,
    yes(capabilities.durable),
    yes(capabilities.shared),
    yes(capabilities.atomic),
    capabilities.expiry,
    yes(capabilities.keyTtl === true),
    watchText(capabilities.watch),
    capabilities.listing === 'ordered' ? 'in byte order, each once' : 'in any order, some perhaps twice',
    sizeText(capabilities.largestKey),
    sizeText(capabilities.largestValue),
  ]);
  const headings = [
    'backend',
    'durable',
    'shared',
    'atomic',
    'expiry',
    'key ttl',
    'watch',
    'listing',
    'key',
    'value',
  ];
  return [headings, ...rows];
}

/** The table as Markdown. */
export function capabilityMarkdown(table: ReadonlyMap<string, Capabilities>): string {
  const [headings = [], ...rows] = capabilityRows(table);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

function yes(value: boolean): string {
  return value ? 'yes' : 'no';
}

function watchText(watch: Capabilities['watch']): string {
  if (watch === undefined) return 'no';
  const { others, ends, gaps, every } = watch;
  const parts = [
    every === 0 ? 'at once' : `within ${every} ms`,
    others ? 'by all' : 'by this host',
    ends ? 'with ends' : 'without ends',
    gaps ? undefined : 'none while it is away',
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function sizeText(bytes: number): string {
  if (bytes >= 1024 * 1024 && bytes % (1024 * 1024) === 0) return `${bytes / 1024 / 1024} MiB`;
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} bytes`;
}
