import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { type RawAnswer, readAnswers } from '../support/answers.ts';
import type { Case } from './case.ts';

/** How long nothing may come behind complete answers before the conversation counts as over, in milliseconds. */
const quiet = 200;
/** How long a conversation may last, in milliseconds. */
const longest = 5000;
/** A head that takes longer is late, in milliseconds. */
const late = 1000;
/** Fields that say how a message travels, and when. */
const fieldsOfTransport = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
]);

/** What a host did in one conversation, as text that can be compared. */
export interface Observed {
  /** Complete answers. */
  readonly answers: readonly { readonly status: number; readonly body: string; readonly text: string }[];
  /** Everything else: interim and partial answers, and what became of the connection. */
  readonly end: readonly string[];
}

/** Has a conversation with the host at that port of 127.0.0.1. */
export async function observe(
  port: number,
  { send, pause = 100, halfClose, varying }: Case,
): Promise<Observed> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let bytes = '';
  let isClosed = false;
  let wasReset = false;
  let lastByte = performance.now();
  let headTime: number | undefined;
  socket.setEncoding('latin1').on('data', (text: string) => {
    bytes += text;
    lastByte = performance.now();
    if (headTime === undefined && bytes.includes('\r\n\r\n')) headTime = lastByte - started;
  });
  socket.on('end', () => {
    isClosed = true;
  });
  socket.on('error', () => {
    wasReset = true;
    isClosed = true;
  });
  await once(socket, 'connect');
  const started = performance.now();
  for (const [index, part] of send.entries()) {
    if (index > 0) await pass(send.length > 10 ? 2 : pause);
    if (!isClosed) socket.write(part, 'latin1');
  }
  if (halfClose === true) socket.end();
  const methods = methodsOf(send.join(''));
  lastByte = performance.now();
  for (;;) {
    const { answers, partial, rest, fault } = readAnswers(bytes, methods, isClosed);
    const isQuiet = performance.now() - lastByte > quiet;
    const isComplete = answers.length >= methods.length && partial === undefined && rest === '';
    const isLate = performance.now() - started > longest;
    if (isClosed || isLate || (isQuiet && (isComplete || fault !== undefined))) break;
    await pass(20);
  }
  socket.destroy();
  const read = readAnswers(bytes, methods, isClosed);
  const end: string[] = [];
  if (read.interim.length > 0) end.push(`interim ${read.interim.join(' ')}`);
  if (read.partial !== undefined) end.push(`broken off: ${describe(read.partial, varying)}`);
  if (read.fault !== undefined) end.push(`no HTTP: ${read.fault}`);
  if (headTime !== undefined && headTime > late) end.push(`after ${Math.round(headTime / 1000)} s`);
  if (read.answers.length === 0 && end.length === 0) end.push('nothing');
  end.push(isClosed ? (wasReset ? 'reset' : 'closed') : 'open');
  const answers = read.answers.map((answer) => {
    return { status: answer.status, body: answer.body, text: describe(answer, varying) };
  });
  return { answers, end };
}

function methodsOf(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => /^[A-Za-z]+[ \t].* ?HTTP\/\d\.\d$/.test(line));
  return lines.length === 0 ? ['GET'] : lines.map((line) => line.split(/[ \t]/, 1)[0] ?? 'GET');
}

function describe({ status, headers, body, trailers }: RawAnswer, varying: RegExp | undefined): string {
  const kept = headers.filter(([name]) => !fieldsOfTransport.has(name));
  const parts = [String(status), ...kept.map(([name, value]) => `${name}=${value}`).toSorted()];
  if (body !== '') parts.push(JSON.stringify(varying === undefined ? body : body.replaceAll(varying, '…')));
  if (trailers.length > 0)
    parts.push(`trailers ${trailers.map(([name, value]) => `${name}=${value}`).join(' ')}`);
  return parts.join(' ');
}
