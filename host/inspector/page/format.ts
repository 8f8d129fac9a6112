/** `12 bytes`, `3.4 KiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const units = ['KiB', 'MiB', 'GiB'];
  let value = bytes / 1024;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `0.03 ms`, `12 ms`, `1.4 s`. */
export function timeText(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(2) : Math.round(milliseconds)} ms`;
}

/** `3 minutes`: the largest unit that fits. */
export function spanText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const) {
    const count = Math.floor(seconds / size);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return `${seconds} second${seconds === 1 ? '' : 's'}`;
}

/** What people see of a key: an empty one and line breaks too. */
export function keyText(key: string): string {
  return key === ''
    ? '(empty key)'
    : key.replaceAll(/[\r\n\t]/g, (found) => ({ '\n': '⏎', '\t': '⇥' })[found] ?? '␍');
}

/** The text of whatever was thrown. */
export function reasonText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** An object or a list, set out in lines; undefined for anything else. */
export function jsonText(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return undefined;
  }
}
