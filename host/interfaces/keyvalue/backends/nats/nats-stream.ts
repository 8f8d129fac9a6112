import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
  type StreamSource,
} from '@nats-io/jetstream';
import { type MsgHdrs, NoRespondersError, nanos, RequestError } from '@nats-io/transport-node';
import { StoreError } from '../backend.ts';
import type { Session } from './nats-connection.ts';
import { whyUnfit, whyUnfollowed } from './stream-fit.ts';
import { bucketOfStream, streamName, subjectPrefix } from './subjects.ts';

/** How much later than a key's end the server may drop it, in milliseconds, where the clocks differ. */
const clockTolerance = 60_000;
const nameInUse = 10_058;

/** The headers that messages of a bucket may have. */
export const header = {
  /** `DEL` or `PURGE` on the mark that stands for a deleted key; as every client of NATS KV has it. */
  operation: 'KV-Operation',
  /** When the value was written by the host's clock, in milliseconds since 1970; where keys have a time to live. */
  written: 'Kvasi-Written',
  /** When a key with an end of its own ends, by the host's clock, in milliseconds since 1970. */
  end: 'Kvasi-End',
  /** The escaped key where the subject has only its digest. */
  key: 'Kvasi-Key',
  /** On the mark that newer servers leave where a stream is set so. */
  dropped: 'Nats-Marker-Reason',
  expected: 'Nats-Expected-Last-Subject-Sequence',
} as const;

/** The last message of a key. */
export interface Entry {
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly written: number;
  /** The key's own end, in milliseconds since 1970. */
  readonly end: number | undefined;
  /** `undefined` where the key was deleted. */
  readonly value: Uint8Array | undefined;
}

/** The stream of a bucket, opened. */
export interface OpenStream {
  readonly name: string;
  /** What the subjects of its keys begin with. */
  readonly subjects: string;
  /**
   * Whether a direct get answers what the leader has: replicas and mirrors that answer it, too, may be behind. Turned off
   * when such a mirror is noticed later.
   */
  isDirect: boolean;
  /** What the user should know of it. */
  readonly warning: string | undefined;
}

/** How many mirrors of mirrors are followed. */
const mostMirrors = 5;

/**
 * Opens the stream of a bucket as it is, or makes it with the settings that wash makes it with. Of a mirror it opens what that
 * mirrors: only there are writes taken, and seen at once. For a time to live the server also gets a largest age; wash, which knows
 * none, then refuses to create it once more.
 *
 * @param ttl milliseconds
 * @throws {StoreError} for a stream that can't keep a bucket
 */
export async function openStream(
  session: Session,
  bucket: string,
  ttl: number | undefined,
): Promise<OpenStream> {
  const { manager } = session;
  const name = streamName(bucket);
  try {
    return await opened(session, await manager.streams.info(name));
  } catch (error) {
    if (!isApiError(error, JetStreamApiCodes.StreamNotFound)) throw error;
  }
  try {
    return await opened(
      session,
      await manager.streams.add({
        name,
        subjects: [`${subjectPrefix(bucket)}>`],
        retention: RetentionPolicy.Limits,
        max_msgs_per_subject: 1,
        storage: StorageType.File,
        num_replicas: 1,
        discard: DiscardPolicy.New,
        allow_rollup_hdrs: true,
        deny_delete: true,
        allow_direct: true,
        ...(ttl === undefined ? {} : { max_age: nanos(ttl + clockTolerance) }),
      }),
    );
  } catch (error) {
    if (!isApiError(error, nameInUse)) throw error;
    // Another host made it meanwhile, with other settings.
    return await opened(session, await manager.streams.info(name));
  }
}

/** The buckets that there are, as far as their streams tell, of those whose names begin with a text. Mirrors are left out. */
export async function listBuckets({ manager }: Session, start: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { config } of manager.streams.list()) {
    const bucket = bucketOfStream(config.name);
    if (bucket === undefined || !bucket.startsWith(start) || config.mirror != null) continue;
    if (whyUnfit(config, subjectPrefix(config.name.slice(streamName('').length))) === undefined)
      found.push(bucket);
  }
  return found.sort();
}

/** Removes the stream of a bucket with all that is in it; there need be none. */
export async function removeStream({ manager }: Session, bucket: string): Promise<void> {
  try {
    await manager.streams.delete(streamName(bucket));
  } catch (error) {
    if (!isApiError(error, JetStreamApiCodes.StreamNotFound)) throw error;
  }
}

async function opened(
  session: Session,
  { config }: StreamInfo,
  mirrors: readonly string[] = [],
): Promise<OpenStream> {
  const { name, mirror } = config;
  if (mirror != null) return await openMirrored(session, mirror, [...mirrors, name]);
  const bucket = name.slice(streamName('').length);
  const subjects = subjectPrefix(bucket);
  const reason = name === streamName(bucket) ? whyUnfit(config, subjects) : 'it is no bucket';
  if (reason !== undefined) throw unfit(name, reason);
  const isDropping = config.discard !== DiscardPolicy.New && (config.max_msgs > 0 || config.max_bytes > 0);
  return {
    name,
    subjects,
    isDirect: config.allow_direct && config.num_replicas === 1 && !(await isAnsweredByMirrors(session, name)),
    warning: isDropping
      ? `the stream ${name} drops its oldest keys when it is full (discard ${config.discard}), also such as were acknowledged`
      : undefined,
  };
}

async function openMirrored(
  session: Session,
  mirror: StreamSource,
  mirrors: readonly string[],
): Promise<OpenStream> {
  const [name = ''] = mirrors;
  const reason = mirrors.length > mostMirrors ? 'through too many others' : whyUnfollowed(mirror);
  if (reason !== undefined) throw unfit(name, `it mirrors ${mirror.name}, ${reason}`);
  try {
    return await opened(session, await session.manager.streams.info(mirror.name), mirrors);
  } catch (error) {
    if (!isApiError(error, JetStreamApiCodes.StreamNotFound)) throw error;
    throw unfit(name, `it mirrors ${mirror.name}, which is not there`);
  }
}

/** Mirrors may answer direct gets of a stream. Where streams can't be listed, an answer of one is noticed later. */
async function isAnsweredByMirrors({ manager }: Session, name: string): Promise<boolean> {
  try {
    for await (const { config } of manager.streams.list()) {
      if (config.mirror?.name === name && config.mirror_direct) return true;
    }
  } catch {
    return false;
  }
  return false;
}

function unfit(name: string, reason: string): StoreError {
  return new StoreError('other', `nats: the stream ${name} can't keep a bucket: ${reason}`);
}

/** Reads the last message of a subject. */
export async function readEntry(
  session: Session,
  stream: OpenStream,
  subject: string,
): Promise<Entry | undefined> {
  const { client, manager, timeout } = session;
  const { name } = stream;
  if (!stream.isDirect) {
    const message = await manager.streams.getMessage(name, { last_by_subj: subject });
    if (message === null) return undefined;
    const { seq, time, data, header: headers } = message;
    return entryOf(seq, time.getTime(), data, headers);
  }
  const payload = JSON.stringify({ last_by_subj: subject });
  const { headers, data } = await client.request(`$JS.API.DIRECT.GET.${name}`, payload, { timeout });
  if (headers?.code === 404) return undefined;
  if (headers !== undefined && headers.get('Nats-Stream') !== name && headers.code === 0) {
    stream.isDirect = false;
    return await readEntry(session, stream, subject);
  }
  if (headers === undefined || headers.code !== 0) throw new Error(headers?.description || 'no message');
  return entryOf(
    Number(headers.get('Nats-Sequence')),
    Date.parse(headers.get('Nats-Time-Stamp')),
    data,
    headers,
  );
}

function entryOf(revision: number, stored: number, data: Uint8Array, headers: MsgHdrs | undefined): Entry {
  return {
    revision,
    written: writtenAt(headers, stored),
    end: endOf(headers),
    value: isDeletion(headers) ? undefined : toPlain(data),
  };
}

/** A plain view: the client answers a `Buffer`, which is not what others expect. */
function toPlain(data: Uint8Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.length);
}

/** When a message was written by the host's clock, or else when the server stored it. */
export function writtenAt(headers: MsgHdrs | undefined, stored: number): number {
  return Number(headers?.get(header.written) || stored);
}

/** The key's own end that a message has. */
export function endOf(headers: MsgHdrs | undefined): number | undefined {
  return headers?.has(header.end) ? Number(headers.get(header.end)) : undefined;
}

/** Whether a message stands for a key that was deleted, or that the server has dropped for its age. */
export function isDeletion(headers: MsgHdrs | undefined): boolean {
  return headers !== undefined && (headers.has(header.operation) || headers.has(header.dropped));
}

/** Writes a message; answers whether it was written, which it is not when the key has another revision. */
export async function publish(
  { client, timeout }: Session,
  subject: string,
  data: Uint8Array,
  headers: MsgHdrs | undefined,
): Promise<boolean> {
  const answer = await client.request(
    subject,
    data,
    headers === undefined ? { timeout } : { timeout, headers },
  );
  const { error } = answer.json<{ error?: { err_code: number; code: number; description: string } }>();
  if (error === undefined) return true;
  const { StreamWrongLastSequence, StreamWrongLastSequenceUnknown } = JetStreamApiCodes;
  if (error.err_code === StreamWrongLastSequence || error.err_code === StreamWrongLastSequenceUnknown)
    return false;
  throw new JetStreamApiError(error);
}

/** Whether nobody took a request, and so nothing was done: the stream is gone, or JetStream is not there. */
export function isUnheard(error: unknown): boolean {
  return (
    error instanceof NoRespondersError ||
    (error instanceof RequestError && error.isNoResponders()) ||
    isApiError(error, JetStreamApiCodes.StreamNotFound)
  );
}

function isApiError(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
