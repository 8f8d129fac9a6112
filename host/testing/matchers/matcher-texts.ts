import { setTimeout as sleep } from 'node:timers/promises';
import type { HostOperation } from '../../composition/request-event.ts';
import { nearest } from '../../shared/nearest.ts';
import { printable, shortened } from '../../shared/printable.ts';
import { answerOfHost } from '../requests/request-of-answer.ts';
import { operationText, requestName, requestText } from '../requests/request-text.ts';
import type { TestHost } from '../test-host.ts';

/** How many operations, keys, buckets and requests a message names at most. */
const most = { operations: 20, names: 20, requests: 3 };
/** How much of a value or a body is shown, in characters. */
const longestValue = 500;
/** How long an answer may take to its end before a message is made without, in milliseconds. */
const patience = 1000;

/** A value of a key, or what was expected of one. */
export function shownValue(value: unknown): string {
  if (value === undefined) return 'there is no value';
  if (!(value instanceof Uint8Array)) return shortened(JSON.stringify(value) ?? String(value), longestValue);
  const text = Buffer.from(value).toString();
  if (text.length <= longestValue) return JSON.stringify(text);
  return `${JSON.stringify(text.slice(0, longestValue))}… (${text.length.toLocaleString('en-US')} characters)`;
}

/** What an answer was, and what is known of its request. */
export async function answerText(response: Response): Promise<string> {
  const known = answerOfHost(response);
  const request = await Promise.race([known?.request(), sleep(patience, undefined, { ref: false })]);
  const start = known === undefined ? await startOf(response) : known.start;
  const body = Buffer.from(start).toString().trimEnd();
  const lines = [
    `the answer has status ${response.status}${body === '' ? '' : `: ${shortened(body, longestValue)}`}`,
  ];
  if (request !== undefined) lines.push(requestText(request));
  else if (known !== undefined)
    lines.push('the request has not ended; what it did and printed is not known yet');
  return lines.join('\n');
}

/** What came of the body of any answer within a while, where nobody has read it. */
async function startOf(response: Response): Promise<Uint8Array> {
  if (response.bodyUsed || response.body === null || response.body.locked) return new Uint8Array();
  const reader = response.clone().body?.getReader();
  const part = await Promise.race([
    reader?.read().catch(() => undefined),
    sleep(patience, undefined, { ref: false }),
  ]);
  // The other half of the clone may be read on; nobody has to wait for that.
  reader?.cancel().catch(() => {});
  return part?.value ?? new Uint8Array();
}

/** What the component of a host did with its buckets. @param made some or all of its operations */
export function operationsText(host: TestHost, made: readonly HostOperation[]): string {
  if (made.length === 0) return noneText(host);
  const names = new Map(host.requests().map((request) => [request.request, requestName(request)]));
  const last = made.slice(-most.operations).map((operation) => {
    const name = names.get(operation.request);
    const request = `request ${operation.request}${name === undefined ? '' : `  ${name}`}`;
    return `  ${request}  ${operationText(operation)}`;
  });
  const which = made.length > last.length ? `, the last ${last.length} of them` : '';
  return [`it made ${made.length}${which}:`, ...last].join('\n');
}

function noneText(host: TestHost): string {
  const requests = host.requests();
  if (requests.length === 0) return 'it made none, and no request has ended';
  const last = requests.slice(-most.requests).flatMap((request) => requestText(request).split('\n'));
  const count = `${requests.length} ${requests.length === 1 ? 'request' : 'requests'}`;
  const which = requests.length > most.requests ? `, of which these are the last` : '';
  return [`it made none in ${count}${which}:`, ...last.map((line) => `  ${line}`)].join('\n');
}

/** What there is in place of a key that is missing. */
export async function missingText(host: TestHost, bucket: string, key: string): Promise<string> {
  const keys = await host.bucket(bucket).keys();
  if (keys.length > 0) {
    const count = keys.length === 1 ? '1 key' : `${keys.length} keys`;
    return `${suggestion(nearest(key, keys))}It has ${count}: ${list(keys.map(quoted))}`;
  }
  const others = (await host.identifiers()).filter((name) => name !== bucket);
  if (others.length === 0) return `Bucket ${quoted(bucket)} is empty, and so are all others.`;
  const told = await Promise.all(
    others.map(async (name) => `${quoted(name)} (${await countOf(host, name)})`),
  );
  return `Bucket ${quoted(bucket)} is empty. ${suggestion(nearest(bucket, others))}There are: ${list(told)}`;
}

async function countOf(host: TestHost, bucket: string): Promise<string> {
  const { length } = await host.bucket(bucket).keys();
  return length === 1 ? '1 key' : `${length} keys`;
}

function suggestion(name: string | undefined): string {
  return name === undefined ? '' : `Did you mean ${quoted(name)}? `;
}

function list(names: readonly string[]): string {
  const rest = names.length - most.names;
  return names.slice(0, most.names).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function quoted(name: string): string {
  return printable(JSON.stringify(shortened(name, 100)));
}
