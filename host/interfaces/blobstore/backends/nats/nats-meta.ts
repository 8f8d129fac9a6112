import { JetStreamApiCodes } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import type { Session } from '../../../keyvalue/backends/nats/nats-connection.ts';
import { BlobError } from '../backend.ts';
import { isApiError } from './nats-failures.ts';
import { storedName, storePrefix } from './nats-names.ts';

/** What is known of an object, as every client of NATS has it in JSON. */
export interface ObjectMeta {
  readonly name: string;
  readonly bucket: string;
  /** Part of the subject of its chunks. */
  readonly nuid: string;
  /** In bytes. */
  readonly size: number;
  readonly chunks: number;
  /** When it was written, in ISO 8601. */
  readonly mtime: string;
  /** `SHA-256=` and the digest in Base64 for URLs, padded. */
  readonly digest: string;
  readonly deleted?: boolean;
  readonly description?: string;
  readonly options?: { readonly max_chunk_size?: number; readonly link?: unknown };
}

export function chunkSubject(store: string, nuid: string): string {
  return `$O.${store}.C.${nuid}`;
}

/** The client's own function takes no names beyond Latin 1. */
export function metaSubject(store: string, object: string): string {
  const encoded = Buffer.from(storedName(object)).toString('base64url');
  return `$O.${store}.M.${encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=')}`;
}

/** What is known of an object; `undefined` where there is none. */
export async function readMeta(
  { manager }: Session,
  store: string,
  object: string,
): Promise<ObjectMeta | undefined> {
  try {
    const query = { last_by_subj: metaSubject(store, object) };
    const message = await manager.streams.getMessage(storePrefix + store, query);
    const meta = message?.json<ObjectMeta>();
    if (meta === undefined || meta.deleted === true) return undefined;
    if (meta.options?.link != null) {
      throw new BlobError('other', 'the object is a link to another one; links are not followed');
    }
    return meta;
  } catch (error) {
    if (isApiError(error, JetStreamApiCodes.NoMessageFound)) return undefined;
    throw error;
  }
}

/** Puts what is known of an object in place of what was, and removes the chunks of the one before. */
export async function writeMeta(
  session: Session,
  store: string,
  object: string,
  meta: ObjectMeta,
): Promise<void> {
  const before = await readMeta(session, store, object).catch(() => undefined);
  const rollup = headers();
  rollup.set('Nats-Rollup', 'sub');
  const { client, manager } = session;
  const payload = JSON.stringify(meta);
  const reply = await client.request(metaSubject(store, object), payload, {
    headers: rollup,
    timeout: session.timeout,
  });
  requireAck(reply.json());
  if (before === undefined || before.nuid === meta.nuid) return;
  try {
    await manager.streams.purge(storePrefix + store, { filter: chunkSubject(store, before.nuid) });
  } catch {
    // The object is in its place; what is left of the one before takes room, and nobody sees it.
  }
}

/** Throws what the server says of a message that it did not take. */
export function requireAck(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return;
  const { error } = answer as {
    readonly error: { readonly description?: string; readonly err_code?: number };
  };
  const isFull = [10_023, 10_047, 10_077].includes(error.err_code ?? 0);
  throw new BlobError(
    isFull ? 'quota-exceeded' : 'other',
    `nats refused: ${error.description ?? 'no reason'}`,
  );
}
