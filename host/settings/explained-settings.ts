import { widest } from '../shared/widest.ts';
import { REDACTED, redactUrls } from './redact.ts';
import type { Resolved } from './resolve-settings.ts';
import type { Setting } from './setting.ts';

/** One setting as `kvasi config` shows it. Secrets are hidden already. */
export interface ExplainedSetting {
  /** Such as `address` or `environment.PATH`. */
  readonly key: string;
  /** The effective value; null where there is none. */
  readonly value: string | number | null;
  /** `default`, `.wash/config.yaml:3:5`, `KVASI_ADDRESS` or `--address`. */
  readonly origin: string;
}

/** The effective settings as data, for `kvasi config --json`. */
export function explained(
  settings: readonly Setting[],
  { settings: resolved, origins, secrets }: Resolved,
): ExplainedSetting[] {
  const values = new Map<string, unknown>(Object.entries(resolved));
  const shown: (readonly [key: string, text: string | undefined])[] = [
    ['directory', resolved.directory],
    ['configFile', resolved.configFile],
    ...settings.flatMap((setting) => [...setting.show(values.get(setting.name), origins)]),
  ];
  return shown.map(([key, text]) => ({
    key,
    value: text === undefined ? null : secrets.has(key) ? REDACTED : redactUrls(text),
    origin: origins.get(key) ?? 'default',
  }));
}

/** The effective settings as lines for a terminal: key = value, and where it came from. */
export function linesOf(settings: readonly ExplainedSetting[]): string[] {
  const rows = settings.map(({ key, value, origin }) => ({
    // A value with a line break would look like another setting.
    left: `${key} = ${value === null ? '(none)' : String(value).replaceAll(/[\r\n]+/g, '⏎')}`,
    origin,
  }));
  const width = Math.min(60, widest(rows.map(({ left }) => left)));
  return rows.map(({ left, origin }) => `${left.padEnd(width)}  (from ${origin})`);
}
