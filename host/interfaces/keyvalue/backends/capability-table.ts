import type { Promises } from './definition.ts';
import { inMemoryPromises } from './memory/in-memory.ts';
import { connectingBackends, loadBackend } from './registry.ts';

/** What each backend of the host promises, by name. */
export async function allPromises(): Promise<ReadonlyMap<string, Promises>> {
  const table = new Map<string, Promises>([['in_memory', inMemoryPromises]]);
  for (const name of connectingBackends) table.set(name, (await loadBackend(name)).promises);
  return table;
}

/** The promises as the rows of a table: the first has the headings. */
export function promiseRows(table: ReadonlyMap<string, Promises>): string[][] {
  const rows = [...table].map(([name, promises]) => [
    name,
    yes(promises.durable),
    yes(promises.shared),
    yes(promises.atomic),
    promises.expiry,
    promises.listing === 'ordered' ? 'in byte order, each once' : 'in any order, some perhaps twice',
    sizeText(promises.largestKey),
    sizeText(promises.largestValue),
  ]);
  const headings = ['backend', 'durable', 'shared', 'atomic', 'expiry', 'listing', 'key', 'value'];
  return [headings, ...rows];
}

/** The table as Markdown. */
export function promiseMarkdown(table: ReadonlyMap<string, Promises>): string {
  const [headings = [], ...rows] = promiseRows(table);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

function yes(value: boolean): string {
  return value ? 'yes' : 'no';
}

function sizeText(bytes: number): string {
  if (bytes >= 1024 * 1024 && bytes % (1024 * 1024) === 0) return `${bytes / 1024 / 1024} MiB`;
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} bytes`;
}
