import { formatAddress } from '../shared/address.ts';
import { formatDuration } from '../shared/duration.ts';
import { widest } from '../shared/widest.ts';
import { formatLimits } from './limits.ts';
import { REDACTED, redactUrls } from './redact.ts';
import type { ResolvedSettings } from './resolve-settings.ts';
import type { IdentifierRule } from './settings.ts';

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
export function explainSettings(resolved: ResolvedSettings): ExplainedSetting[] {
  const { settings, origins, secrets } = resolved;
  const shown: ExplainedSetting[] = [];
  const add = (key: string, value: string | undefined): void => {
    const hidden = value !== undefined && secrets.has(key);
    const origin = origins.get(key) ?? 'default';
    shown.push({ key, value: hidden ? REDACTED : value === undefined ? null : redactUrls(value), origin });
  };
  const addAll = (key: string, values: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(values)) add(`${key}.${name}`, value);
  };

  add('directory', settings.directory);
  add('configFile', settings.configFile);
  add('component', settings.component);
  add('address', formatAddress(settings.address));
  add('instances', settings.instances);
  add('threads', String(settings.threads));
  add('requestTimeout', formatDuration(settings.requestTimeout));
  for (const [name, value] of formatLimits(settings.limits)) add(`limits.${name}`, value);
  add('logLevel', settings.logLevel);
  add('keyvalue.default', formatRule(settings.keyvalue.default));
  for (const [name, rule] of settings.keyvalue.named) add(`keyvalue.named.${name}`, formatRule(rule));
  if (origins.has('keyvalue.others')) add('keyvalue.others', formatRule(settings.keyvalue.others));
  add('build.command', settings.build.command);
  addAll('build.env', settings.build.env);
  addAll('environment', settings.environment);
  addAll('config', settings.config);
  add('allowedHosts', settings.allowedHosts === 'all' ? 'all' : settings.allowedHosts.join(', ') || 'none');
  add(
    'volumes',
    settings.volumes.map(({ hostPath, guestPath }) => `${hostPath} at ${guestPath}`).join(', ') || 'none',
  );
  return shown;
}

/** The effective settings as lines for a terminal: key = value, and where it came from. */
export function explainLines(resolved: ResolvedSettings): string[] {
  const rows = explainSettings(resolved).map(({ key, value, origin }) => ({
    // A value with a line break would look like another setting.
    left: `${key} = ${value === null ? '(none)' : String(value).replaceAll(/[\r\n]+/g, '⏎')}`,
    origin,
  }));
  const width = Math.min(60, widest(rows.map(({ left }) => left)));
  return rows.map(({ left, origin }) => `${left.padEnd(width)}  (from ${origin})`);
}

/** A store and its options on one line, with the password of its URL hidden. */
export function formatRule(rule: IdentifierRule): string {
  if (typeof rule === 'string') return rule;
  const place = 'url' in rule ? redactUrls(rule.url) : 'path' in rule ? rule.path : '';
  const options = [
    rule.kind === 'module' && Object.keys(rule.options).length > 0
      ? `options ${Object.keys(rule.options).join(' ')}`
      : '',
    rule.prefix === undefined ? '' : `prefix ${JSON.stringify(rule.prefix)}`,
    rule.ttl === undefined ? '' : `ttl ${formatDuration(rule.ttl)}`,
    rule.counters === undefined ? '' : `counters ${rule.counters}`,
    rule.seed === undefined ? '' : `seed ${rule.seed}`,
  ].filter((option) => option !== '');
  const list = options.length > 0 ? `(${options.join(', ')})` : '';
  return [rule.kind, place, list].filter((part) => part !== '').join(' ');
}
