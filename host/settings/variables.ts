import { isReplacedVariable } from '../shared/process-bytes.ts';
import type { Context } from './choose.ts';
import { looksSecret } from './redact.ts';
import type { Settings } from './settings.ts';

/** What the component gets to read: its environment, and the values of `wasi:config/store`. */
export async function readVariables(context: Context): Promise<Pick<Settings, 'environment' | 'config'>> {
  const { env, flags, directory, loaded, report, origins, secrets } = context;
  const environment = new Map<string, string>();
  const set = (name: string, value: string, origin: string, secret: boolean): void => {
    environment.set(name, value);
    origins.set(`environment.${name}`, origin);
    if (secret || looksSecret(name)) secrets.add(`environment.${name}`);
    else secrets.delete(`environment.${name}`);
  };

  if (loaded?.config?.workload?.environment) {
    const { readEnvironment } = await import('./sources.ts');
    const { config: file, locate } = loaded;
    for (const [name, variable] of await readEnvironment({ file, directory, env, locate, report })) {
      set(name, variable.value, variable.origin, variable.secret);
    }
  }
  for (const given of flags.env ?? []) {
    const [, name = '', value = env[name]] = /^([^=]*)(?:=(.*))?$/s.exec(given) ?? [];
    if (name === '') report.usageProblem(`--env is ${JSON.stringify(given)}. Expected NAME=VALUE.`);
    else if (value === undefined) {
      report.usageProblem(`--env is "${name}", but ${name} is not set here. Expected ${name}=VALUE.`);
    } else if (!given.includes('=') && isReplacedVariable(name, value)) {
      report.usageProblem(`--env is "${name}", and ${name} is not UTF-8 text here.`);
    } else set(name, value, '--env', false);
  }

  const config = loaded?.config?.workload?.config ?? {};
  for (const name of Object.keys(config)) {
    origins.set(`config.${name}`, loaded?.locate(['workload', 'config', name], 'key') ?? '');
    if (looksSecret(name)) secrets.add(`config.${name}`);
  }
  return { environment: Object.fromEntries(environment), config };
}
