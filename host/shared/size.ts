import type { Parsed } from './parsed.ts';

const SIZE = 'a size above zero, such as "64KiB", "512MiB" or "2GiB", or a number of bytes';
const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
};
const LARGEST_SIZE = 2 ** 50;

/** Reads `64KiB`, `512MiB`, `2GiB`, `500MB` or a number of bytes; gives whole bytes. */
export function parseSize(given: string | number): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?) *([kmg]?i?b|)$/i.exec(String(given).trim());
  const unit = SIZE_UNITS[match?.[2]?.toLowerCase() ?? 'none'];
  if (!match || unit === undefined) return { expected: SIZE };
  const value = Math.round(Number(match[1]) * unit);
  return value >= 1 && value <= LARGEST_SIZE ? { value } : { expected: SIZE };
}

/** Writes bytes the way {@link parseSize} reads them, in the largest unit that fits exactly. */
export function formatSize(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB']) {
    const size = SIZE_UNITS[unit.toLowerCase()] ?? 1;
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}
