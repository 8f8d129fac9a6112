import { settle, strongest } from '../../settings/choose.ts';
import { fileKey } from '../../settings/file-key.ts';
import { redactUrls } from '../../settings/redact.ts';
import type { Setting } from '../../settings/setting.ts';
import { parsePostgresUrl } from '../../shared/server-url.ts';

const url = fileKey('dev.postgres_url', ({ parsed }) =>
  parsed(parsePostgresUrl, 'PostgreSQL database that `wasmcloud:postgres` is. Default: none.'),
);

const places = {
  variable: 'KVASI_POSTGRES_URL',
  flag: { name: '--postgres-url', takes: 'url' },
  keys: [url],
} as const;

/** The database of components that import `wasmcloud:postgres`. */
export const settings = [
  {
    name: 'postgresUrl',
    explanation: 'The database of components that import `wasmcloud:postgres`: `postgres://…`.',
    fallback: 'none',
    ...places,
    resolve(sources): string | undefined {
      return settle(sources, 'postgresUrl', strongest(sources, places), parsePostgresUrl);
    },
    *show(value: string | undefined) {
      yield ['postgresUrl', value === undefined ? 'none' : redactUrls(value)];
    },
  },
] as const satisfies readonly [Setting<'postgresUrl', string | undefined>];
