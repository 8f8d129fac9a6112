import * as v from 'valibot';
import { StoreError } from '../backend.ts';

/** The options of the `nats` backend. */
export const natsOptions = v.strictObject({
  /** `nats://` or, with TLS, `tls://`, then `user:password@` or `token@` and `host:port`; several are parted by commas. */
  url: v.string(),
  /** The path of a `.creds` file. Default: none. */
  credentials: v.optional(v.string()),
  /** Certificates in PEM, beside those that Node trusts anyway. */
  tls: v.optional(
    v.strictObject({ ca: v.optional(v.string()), cert: v.optional(v.string()), key: v.optional(v.string()) }),
  ),
});

/** The options of the `nats` backend. */
export type NatsOptions = v.InferOutput<typeof natsOptions>;

/** What TLS is told. */
export function definedOnly(entries: { [name: string]: string | undefined }): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** One server of a URL. Throws a `StoreError`. */
export function parseServer(text: string): URL {
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
