import { type Case, get, host, post, raw } from './case.ts';

/** A GET of the component `misbehave`, named after its target. */
function answer(target: string, more: Partial<Case> = {}): Case {
  return { name: `misbehave ${target}`, component: 'misbehave', send: [get(target)], ...more };
}

function probe(target: string, more: Partial<Case> = {}): Case {
  return { name: `probe ${target}`, component: 'probe', send: [get(target)], ...more };
}

const answers: readonly Case[] = [
  answer('/'),
  ...[200, 201, 204, 205, 206, 299, 301, 304, 404, 418, 451, 499, 500, 599].map((status) =>
    answer(`/status/${status}`),
  ),
  ...['/trap', '/trap-late', '/exit', '/error', '/drop-outparam', '/drop-body', '/short-body'].map((path) =>
    answer(path),
  ),
  answer('/trailers'),
  raw('misbehave HEAD /trailers', 'HEAD /trailers HTTP/1.1', host, '', ''),
  raw('misbehave HTTP/1.0 /trailers', 'GET /trailers HTTP/1.0', '', ''),
  raw('misbehave HEAD /drip', 'HEAD /drip?count=30&ms=100 HTTP/1.1', host, '', ''),
  raw('misbehave HEAD /hang', 'HEAD /hang HTTP/1.1', host, '', ''),
  answer('/response-headers'),
  answer('/drip?count=3&ms=5'),
  answer('/huge?mib=1'),
  answer('/sleep?ms=50'),
  answer('/random', { varying: /\d+/g }),
  answer('/stdio'),
];

const headers = (text: string): string => `/hdr?h=${text}`;
const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const answered = [
  'te',
  'trailer',
  'expect',
  'date',
  'server',
  'upgrade',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'host',
  'x-plain',
  'content-type',
  'set-cookie',
  'content-encoding',
  'location',
  'www-authenticate',
];

const probes: readonly Case[] = [
  probe('/head'),
  { ...probe('/head'), name: 'probe HEAD /head', send: [`HEAD /head HTTP/1.1\r\n${host}\r\n\r\n`] },
  { ...probe('/head'), name: 'probe HEAD /head?body', send: [`HEAD /head?body HTTP/1.1\r\n${host}\r\n\r\n`] },
  ...[200, 204, 304, 404].map((status) => probe(`/nobody?s=${status}`)),
  probe('/unfinished'),
  ...[0, 1, 64, 65, 200, 1500].map((kib) => probe(`/bodyfirst?kib=${kib}`)),
  probe('/toolong'),
  { ...probe('/readend'), send: [post('/readend', ['Content-Length: 150'], 'x'.repeat(150))] },
  probe('/fields'),
  probe('/statuses'),
  ...[200, 204, 205, 304, 599].map((status) => probe(`/status?s=${status}`)),
  ...['5', 'abc', '-1', '5, 5', '05', '+5', ''].map((length) =>
    probe(headers(`content-length:${hex(length)}`)),
  ),
  probe(headers(`content-length:${hex('5')},content-length:${hex('6')}`)),
  probe(headers(`content-length:${hex('5')},content-length:${hex('5')}`)),
  ...answered.map((name) => probe(headers(`${name}:${hex('a')}`))),
  probe(headers(`X-Case:${hex('a')},x-case:${hex('b')}`)),
  probe(headers(`x-latin:${hex('caf\xe9')}`)),
  probe(headers(`x-space:${hex('  a  ')}`)),
  probe(headers(`x-split:${hex('a\r\nx-b: c')}`)),
  probe('/clock', {
    varying: /elapsed_ms=\d+|wall \d+ \d+|distinct \d+|resolution mono=\d+ wall=Datetime \{[^}]*\}/g,
  }),
  probe('/poll-empty'),
  probe('/overwrite'),
  probe('/big-bwaf'),
  probe('/nowrite'),
  probe('/trailers'),
  probe('/dropbefore'),
  ...[50, 200, 1000].map((count) => probe(`/manyheaders?n=${count}`)),
  probe('/bigfields?mib=1'),
  probe('/bigfields?mib=3000'),
  probe('/exitafter'),
  probe('/exitinbody'),
  probe('/exitfirst'),
  probe('/workafter?ms=100'),
  probe('/trapafter'),
  probe('/finishwithstream'),
  probe('/nullbody'),
  probe('/twiceheaders'),
  probe('/slowstatus?s=204'),
  probe('/slowstatus?s=304'),
  {
    ...probe('/slowstatus'),
    name: 'probe HEAD /slowstatus?s=200',
    send: [`HEAD /slowstatus?s=200 HTTP/1.1\r\n${host}\r\n\r\n`],
  },
  probe('/longline'),
  // The last one, as wasmtime leaves a line unfinished.
  probe('/io', { varying: /\("INSTANCE_ID", "\d+"\)/g }),
];

/** What components answer. */
export const guestAnswers: readonly Case[] = [...answers, ...probes];
