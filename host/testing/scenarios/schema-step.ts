import * as v from 'valibot';
import { duration, flag, STRING_EXPECTED, sections } from '../../settings/schema/schema-parts.ts';
import { consistent, contradictionIn } from '../faults/fault-effects.ts';
import { EFFECTS, faultEntries } from './schema-fault.ts';
import { messages, outcome, publish, reply } from './schema-message.ts';
import { outgoing, sends } from './schema-outgoing.ts';
import { givenBytes, wantedBytes, wantedHeaders, write } from './schema-values.ts';

/** What a step can be; each has exactly one of these. */
export const STEP_KINDS = ['request', 'publish', 'advance', 'write', 'faults', 'outgoing'] as const;
const STEP = 'exactly one of request, publish, advance, write, faults, outgoing';
/** `/path`, or `POST /path`. */
export const SHORT_REQUEST = /^(?:([A-Za-z]+) +)?(\/\S*)$/;
const REQUEST = '"GET /path", or a section such as { method: POST, path: /, body: text }';
const STATUS = 'a status from 100 to 599';

const status = v.pipe(v.number(STATUS), v.integer(STATUS), v.minValue(100, STATUS), v.maxValue(599, STATUS));

/** What `fetch`, which sends the requests, takes: https://fetch.spec.whatwg.org/#methods and #headers-class. */
const METHOD = "a method such as GET or POST; CONNECT, TRACE and TRACK can't be sent";
const HEADER =
  'headers that can be sent: names such as accept, values without line breaks and of Latin-1 only';
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const UNSENT = /^(CONNECT|TRACE|TRACK)$/i;
const BODILESS = /^(GET|HEAD)$/i;
const VALUE = /^[^\0\r\n\u0100-\uffff]*$/;

/** Whether `fetch` sends requests of a method. */
export function isSendable(method: string, hasBody: boolean): boolean {
  return TOKEN.test(method) && !UNSENT.test(method) && !(hasBody && BODILESS.test(method));
}

const method = v.nullish(
  v.pipe(
    v.string(STRING_EXPECTED),
    v.check((given) => isSendable(given, false), METHOD),
    v.description('Default: GET, with a body POST.'),
  ),
);

const headers = v.nullish(
  v.pipe(
    v.record(
      v.string(),
      v.union([v.string(STRING_EXPECTED), v.array(v.string(STRING_EXPECTED))], 'text, or a list of text'),
      'a map of header names to text',
    ),
    v.check(
      (given) =>
        Object.entries(given).every(
          ([name, value]) => TOKEN.test(name) && [value].flat().every((one) => VALUE.test(one)),
        ),
      HEADER,
    ),
    v.description('Headers by name.'),
  ),
);

const path = v.pipe(
  v.string(STRING_EXPECTED),
  v.regex(/^\/\S*$/, 'a path that begins with a slash, percent-encoded, such as "/?key=a%20b"'),
  v.description('Path with its query, percent-encoded.'),
);

const request = v.nullish(
  v.pipe(
    v.union(
      [
        v.pipe(
          v.string(REQUEST),
          v.regex(SHORT_REQUEST, REQUEST),
          v.check((given) => isSendable(SHORT_REQUEST.exec(given)?.[1] ?? 'GET', false), METHOD),
        ),
        v.pipe(
          v.object({
            method,
            path,
            headers,
            body: v.nullish(v.pipe(givenBytes, v.description('Default: none.'))),
          }),
          v.check(
            (given) => given.body == null || isSendable(given.method ?? 'POST', true),
            'a request that can be sent: GET and HEAD have no body',
          ),
        ),
      ],
      REQUEST,
    ),
    v.description('A request to the component: `GET /path`, or its parts.'),
  ),
);

const expect = v.nullish(
  v.pipe(
    v.union(
      [
        status,
        v.object({
          status: v.nullish(v.pipe(status, v.description('Default: any below 500.'))),
          headers: wantedHeaders,
          body: v.nullish(v.pipe(wantedBytes, v.description('Default: any.'))),
          complete: flag('Whether the answer comes to its end, or breaks off before. Default `true`.'),
        }),
      ],
      'a status, or a section of status, headers, body and complete',
    ),
    v.description('What the answer has to be: a status, or more. Default: a status below 500.'),
  ),
);

const advance = duration('Moves the clock of the component and the expiry of keys, such as `61s`.');

/** One step: a request with what is expected of its answer, or something that happens around the component. */
export const step = v.pipe(
  v.object(
    {
      request,
      expect,
      advance,
      write,
      faults: sections(
        faultEntries,
        'What goes wrong in the stores from now on, in place of what an earlier step said. `[]`: nothing.',
      ),
      outgoing,
      sends,
      publish,
      outcome,
      reply,
      messages,
    },
    'a section with a request, or one of publish, advance, write, faults and outgoing',
  ),
  v.check((given) => STEP_KINDS.filter((kind) => given[kind] != null).length === 1, STEP),
  v.check(
    (given) => (given.faults ?? []).every((fault) => EFFECTS.some((effect) => fault[effect] != null)),
    `faults that say what goes wrong: ${EFFECTS.join(', ')}`,
  ),
  v.check(
    (given) => (given.faults ?? []).every((fault) => contradictionIn(fault) === undefined),
    `faults that have ${consistent('error, drop, stale, pageSize and partition')}`,
  ),
  v.check((given) => given.expect == null || given.request != null, 'expect beside a request only'),
  v.check((given) => given.sends == null || given.request != null, 'sends beside a request only'),
  v.check(
    ({ outcome, reply, publish }) => (outcome == null && reply == null) || publish != null,
    'outcome and reply beside publish only',
  ),
  v.check(({ reply, publish }) => reply == null || publish?.replyTo == null, 'replyTo or reply, not both'),
  v.check(
    ({ messages, request, publish }) => messages == null || request != null || publish != null,
    'messages beside a request or publish only',
  ),
);
