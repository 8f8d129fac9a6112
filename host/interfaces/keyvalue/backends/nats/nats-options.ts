import * as v from 'valibot';
import { StoreError } from '../backend.ts';
import { tlsOptions } from '../tls-options.ts';

/** The options of the `nats` backend. */
export const natsOptions = v.strictObject({
  /** `nats://` or, with TLS, `tls://`, then `user:password@` or `token@` and `host:port`; several are parted by commas. */
  url: v.string(),
  /** The path of a `.creds` file. Default: none. */
  credentials: v.optional(v.string()),
  /** Certificates in PEM, beside those that Node trusts anyway. */
  tls: tlsOptions,
});

/** The options of the `nats` backend. */
export type NatsOptions = v.InferOutput<typeof natsOptions>;

/** The servers that a URL names. Throws a `StoreError`. */
export function serversOf(url: string): URL[] {
  const scheme = /^\w+:\/\//.exec(url)?.[0] ?? '';
  // Each may repeat the scheme.
  return url.split(',').map((one) => parseServer(one.includes('://') ? one : scheme + one));
}

function parseServer(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  try {
    decodeURIComponent(`${url?.username}${url?.password}`);
  } catch {
    throw new StoreError(
      'other',
      'the URL of backend nats has a % in its user or password that is not escaped',
    );
  }
  if (url !== undefined && url.host !== '') return url;
  throw new StoreError('other', 'the URL of backend nats is not a valid URL');
}
