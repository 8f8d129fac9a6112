import { type ResolvedSettings, resolveSettings } from '../../settings/resolve-settings.ts';
import type { BackendSettings, IdentifierRule, KeyvalueSettings, Settings } from '../../settings/settings.ts';
import type { HostOptions } from '../host-options.ts';

/** Reads a configuration file as `kvasi dev` does. Variables that are settings of kvasi's commands do not count. */
export async function settingsOfFile(path: string, cwd: string): Promise<ResolvedSettings> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KVASI_')));
  return await resolveSettings({ cwd, env, flags: {}, file: path, advice: 'Name one that is there.' });
}

/**
 * What a file says, and in place of that what the options of a host say. The file's stores are not used: its identifiers get the
 * default store of the options, in memory unless they name one, and keep what the file says of them besides.
 */
export function withFile<Own extends Settings>(
  { settings: file, origins }: ResolvedSettings,
  own: Own,
  options: HostOptions,
): Own {
  const { keyvalue = {}, volumes = {}, limits = {}, instances, requestTimeout } = options;
  const chosen = Object.fromEntries(
    Object.entries(own.limits).filter(([name]) => Object.hasOwn(limits, name)),
  );
  return {
    ...own,
    directory: file.directory,
    configFile: file.configFile,
    keyvalue: mergedStores(file.keyvalue, origins.has('keyvalue.others'), own.keyvalue, keyvalue),
    environment: { ...file.environment, ...own.environment },
    config: { ...file.config, ...own.config },
    volumes: [...file.volumes.filter(({ guestPath }) => !Object.hasOwn(volumes, guestPath)), ...own.volumes],
    limits: { ...file.limits, ...chosen },
    instances: instances === undefined ? file.instances : own.instances,
    requestTimeout: requestTimeout === undefined ? file.requestTimeout : own.requestTimeout,
  };
}

/** @param hasOthers whether the file says what identifiers get that are not listed */
function mergedStores(
  file: KeyvalueSettings,
  hasOthers: boolean,
  own: KeyvalueSettings,
  given: Readonly<Record<string, unknown>>,
): KeyvalueSettings {
  const moved = (rule: IdentifierRule): IdentifierRule =>
    typeof rule === 'string' ? rule : movedTo(own.default, rule);
  const base = Object.hasOwn(given, 'default')
    ? merged(file.default, own.default)
    : movedTo(own.default, file.default);
  const named = new Map<string, IdentifierRule>();
  for (const [name, rule] of file.named) named.set(name, rule === file.default ? base : moved(rule));
  for (const [name, rule] of own.named) {
    named.set(name, rule === own.default ? base : merged(file.named.get(name), rule));
  }
  const others = Object.hasOwn(given, '*') ? own.others : hasOthers ? moved(file.others) : base;
  return { default: base, named, others };
}

/** A store with what a file says of the buckets. */
function movedTo(store: BackendSettings, { ttl, counters }: BackendSettings): BackendSettings {
  const { ttl: _ttl, counters: _counters, seed: _seed, ...place } = store;
  return {
    ...place,
    ...(ttl === undefined ? {} : { ttl }),
    ...(counters === undefined ? {} : { counters }),
  };
}

function merged<Rule extends IdentifierRule>(
  file: IdentifierRule | undefined,
  own: Rule,
): Rule | BackendSettings {
  if (typeof own === 'string' || file === undefined || typeof file === 'string') return own;
  const { ttl = file.ttl, counters = file.counters } = own;
  return movedTo(own, {
    kind: 'in_memory',
    ...(ttl === undefined ? {} : { ttl }),
    ...(counters === undefined ? {} : { counters }),
  });
}
