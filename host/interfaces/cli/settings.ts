import { repeated } from '../../settings/choose.ts';
import { looksSecret } from '../../settings/redact.ts';
import type { Setting } from '../../settings/setting.ts';
import { configs, environment, secrets } from '../../settings/source-keys.ts';
import { shownTexts, type TextMap } from '../../settings/text-map.ts';
import { isReplacedVariable } from '../../shared/process-bytes.ts';

const flag = { name: '--env', takes: 'K=V', repeats: true } as const;

export const settings = [
  {
    name: 'environment',
    explanation: 'An environment variable for the component.',
    keys: [environment, configs, secrets],
    flag,
    async resolve(sources): Promise<TextMap> {
      const { env, file, report } = sources;
      const variables = new Map<string, string>();
      const set = (name: string, value: string, origin: string, isSecret: boolean): void => {
        variables.set(name, value);
        sources.origins.set(`environment.${name}`, origin);
        if (isSecret || looksSecret(name)) sources.secrets.add(`environment.${name}`);
        else sources.secrets.delete(`environment.${name}`);
      };

      const layers = file?.written(environment);
      if (file !== undefined && layers !== undefined) {
        const { readEnvironment } = await import('../../settings/environment-sources.ts');
        const written = {
          environment: layers,
          configs: file.written(configs),
          secrets: file.written(secrets),
        };
        const read = await readEnvironment(written, { ...sources, locate: file.locate });
        for (const [name, { value, origin, secret }] of read) set(name, value, origin, secret);
      }
      for (const given of repeated(sources, flag.name)) {
        const [, name = '', value = env[name]] = /^([^=]*)(?:=(.*))?$/s.exec(given) ?? [];
        if (name === '') report.usageProblem(`--env is ${JSON.stringify(given)}. Expected NAME=VALUE.`);
        else if (value === undefined) {
          report.usageProblem(`--env is "${name}", but ${name} is not set here. Expected ${name}=VALUE.`);
        } else if (!given.includes('=') && isReplacedVariable(name, value)) {
          report.usageProblem(`--env is "${name}", and ${name} is not UTF-8 text here.`);
        } else set(name, value, flag.name, false);
      }
      return Object.fromEntries(variables);
    },
    show: (values) => shownTexts('environment', values),
  },
] as const satisfies readonly [Setting<'environment', TextMap>];
