import { createHash } from 'node:crypto';

/** The longest key, in bytes: in base64 it has to fit into the 64 KiB that JetStream takes as headers. */
export const largestKey = 48_000;

/** Longer subjects don't fit into the 4096 bytes that a server takes as one protocol line. */
const longestSubject = 3900;
/** The longest name of a stream. */
const longestStreamName = 255;
const streamPrefix = 'KV_';
/**
 * Begins what stands for a byte in the name of a bucket. No `%`: nats-server formats the name of a stream
 * into its replies, and that of `KV_a%3A` breaks the connection.
 */
const bucketEscape = '=';
/** Begins what stands for a byte in a key; wash writes no key with it. */
const keyEscape = '%';
/** After an escape: the name is too long, and its digest follows. Nothing after an escape: the name is empty. */
const digestMark = '~';

/**
 * The name of a bucket as NATS can hold it: as it is where wash can write it, with `=XX` for the UTF-8 bytes
 * that a bucket's name can't have, and a digest where it is too long.
 */
export function bucketName(bucket: string): string {
  const escaped = bucket === '' ? bucketEscape : encode(bucket, /[^\w-]/gu, bucketEscape);
  return streamPrefix.length + escaped.length > longestStreamName ? bucketEscape + digestOf(bucket) : escaped;
}

/** The bucket of a stream; `undefined` for a stream that is none, and for one whose name is too long to be told. */
export function bucketOfStream(stream: string): string | undefined {
  if (!stream.startsWith(streamPrefix)) return undefined;
  const stored = stream.slice(streamPrefix.length);
  if (stored === bucketEscape) return '';
  try {
    const bucket = decodeURIComponent(stored.replaceAll(bucketEscape, '%'));
    return bucketName(bucket) === stored ? bucket : undefined;
  } catch {
    return undefined;
  }
}

/** The stream of a bucket, by its name as NATS has it. */
export function streamName(name: string): string {
  return streamPrefix + name;
}

/** What the subjects of a bucket begin with. */
export function subjectPrefix(name: string): string {
  return `$KV.${name}.`;
}

/** Where the value of a key is. */
interface SubjectOfKey {
  readonly subject: string;
  /** The key as a header can hold it, where the subject has only its digest. */
  readonly header: string | undefined;
}

/**
 * The subject of a key: as it is where wash can write it (letters, digits and `-/_=.`, where no dot is first,
 * last or beside another), with `%XX` for the other UTF-8 bytes, and a digest where it is too long.
 */
export function subjectOf(prefix: string, key: string): SubjectOfKey {
  const escaped =
    key === ''
      ? keyEscape
      : encode(key, /[^-/_=.a-zA-Z0-9]/gu, keyEscape).replaceAll(/(?<![^.])\.|\.(?=\.|$)/g, `${keyEscape}2E`);
  if (prefix.length + escaped.length <= longestSubject)
    return { subject: prefix + escaped, header: undefined };
  const header = Buffer.from(key).toString('base64url');
  return { subject: prefix + keyEscape + digestOf(key), header };
}

/** The key of a message; `undefined` for a subject that is none of ours. */
export function keyOf(prefix: string, subject: string, header: string): string | undefined {
  if (!subject.startsWith(prefix)) return undefined;
  const escaped = subject.slice(prefix.length);
  try {
    const key =
      escaped === keyEscape
        ? ''
        : escaped.startsWith(keyEscape + digestMark)
          ? Buffer.from(header, 'base64url').toString()
          : decodeURIComponent(escaped);
    return subjectOf(prefix, key).subject === subject ? key : undefined;
  } catch {
    return undefined;
  }
}

function encode(text: string, others: RegExp, mark: string): string {
  return text.replaceAll(others, (character) =>
    [...Buffer.from(character)]
      .map((byte) => mark + byte.toString(16).toUpperCase().padStart(2, '0'))
      .join(''),
  );
}

function digestOf(text: string): string {
  return digestMark + createHash('sha256').update(text).digest('hex');
}
