import { widest } from '../shared/widest.ts';

/** How many cases came to what. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts by group. */
export function countByGroup(
  results: readonly { readonly group: string; readonly outcome: keyof Counts }[],
): Map<string, Counts> {
  const groups = new Map<string, Counts>();
  for (const { group, outcome } of results) {
    const counts = groups.get(group) ?? { passed: 0, failed: 0, skipped: 0 };
    counts[outcome] += 1;
    groups.set(group, counts);
  }
  return groups;
}

/**
 * A line for each group, under headings.
 * @param width columns for the names of groups, so that several tables line up
 */
export function countTable(groups: ReadonlyMap<string, Counts>, width = widestName(groups)): string[] {
  const line = (name: string, cells: readonly (string | number)[]): string =>
    `${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(9)).join('')}`;
  return [
    line('group', ['passed', 'failed', 'skipped']),
    ...[...groups].map(([name, { passed, failed, skipped }]) => line(name, [passed, failed, skipped])),
  ];
}

function widestName(groups: ReadonlyMap<string, Counts>): number {
  return widest(groups.keys());
}

/** `12 passed, 0 failed` */
export function totalLine(results: readonly { readonly outcome: keyof Counts }[]): string {
  const number = (wanted: keyof Counts): number => results.filter(({ outcome }) => outcome === wanted).length;
  return `${number('passed')} passed, ${number('failed')} failed`;
}
