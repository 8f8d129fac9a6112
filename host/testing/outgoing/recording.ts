import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import type { AddedRule, OutgoingHandler } from './outgoing-rule.ts';

/** A request and what it was answered, as they stand in a file. What the request had in its headers and body is not kept. */
interface RecordedAnswer {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Text, where it is UTF-8. */
  readonly body?: string;
  readonly base64?: string;
}

/** Headers of an answer that are not those of its body as it is kept, or differ each time. */
const notKept = new Set([
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'date',
]);

/** What goes to the network from now on, to be written to a file. */
export interface OutgoingRecording extends AsyncDisposable {
  /** How many answers there are so far. */
  readonly count: number;
  /** Ends it, and writes the file. Rejects with a `HostError` where that can't be. */
  close(): Promise<void>;
}

/** Sends requests to the network and keeps the answers. @param add adds the rule */
export function recordTo(file: string, add: (handler: OutgoingHandler) => AddedRule): OutgoingRecording {
  const answers: RecordedAnswer[] = [];
  const rule = add(async (request) => {
    const response = await fetch(request, { redirect: 'manual' });
    const bytes = Buffer.from(await response.arrayBuffer());
    const headers = [...response.headers].filter(([name]) => !notKept.has(name));
    const { status } = response;
    answers.push({ method: request.method, url: request.url, status, headers, ...bodyOf(bytes) });
    return new Response(status === 204 || status === 304 ? null : bytes, { status, headers });
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    rule.remove();
    closed ??= write(file, answers);
    return closed;
  };
  return {
    get count() {
      return answers.length;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Answers with what a file has: for each method and URL in the order in which it was recorded. Throws a `HostError` where the file can't
 * be read.
 */
export function replayFrom(file: string): OutgoingHandler {
  const left = new Map<string, RecordedAnswer[]>();
  for (const answer of read(file)) {
    const name = `${answer.method} ${answer.url}`;
    left.set(name, [...(left.get(name) ?? []), answer]);
  }
  return ({ method, url }) => {
    const answer = left.get(`${method} ${url}`)?.shift();
    if (answer === undefined) {
      throw new HostError('usage', `${file} has no answer to ${method} ${url}, or no more. Record it again.`);
    }
    const { status, headers, body, base64 } = answer;
    const content = base64 === undefined ? (body ?? '') : Buffer.from(base64, 'base64');
    return new Response(status === 204 || status === 304 ? null : content, {
      status,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
    });
  };
}

function bodyOf(bytes: Buffer): Pick<RecordedAnswer, 'body' | 'base64'> {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? { body: text } : { base64: bytes.toString('base64') };
}

async function write(file: string, answers: readonly RecordedAnswer[]): Promise<void> {
  const path = resolve(file);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${JSON.stringify({ answers }, null, 2)}\n`);
  } catch (cause) {
    throw new HostError('usage', `${file} can't be written: ${reasonOf(cause)}`, { cause });
  }
}

function read(file: string): readonly RecordedAnswer[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(resolve(file), 'utf8'));
  } catch (cause) {
    throw new HostError('usage', `${file} can't be read: ${reasonOf(cause)}`, { cause });
  }
  const answers =
    typeof content === 'object' && content !== null && 'answers' in content ? content.answers : undefined;
  if (Array.isArray(answers) && answers.every(isAnswer)) return answers;
  throw new HostError(
    'usage',
    `${file} is no recording of outgoing requests. Expected one of outgoing.record.`,
  );
}

function isAnswer(given: unknown): given is RecordedAnswer {
  return (
    typeof given === 'object' &&
    given !== null &&
    'method' in given &&
    typeof given.method === 'string' &&
    'url' in given &&
    typeof given.url === 'string' &&
    'status' in given &&
    Number.isInteger(given.status) &&
    'headers' in given &&
    Array.isArray(given.headers)
  );
}
