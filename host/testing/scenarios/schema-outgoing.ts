import * as v from 'valibot';
import {
  flag,
  oneOf,
  required,
  STRING_EXPECTED,
  textMap,
  timer,
} from '../../settings/schema/schema-parts.ts';
import { outgoingErrors } from '../outgoing/check-rule.ts';
import { isUrlPattern, PATTERN } from '../outgoing/url-pattern.ts';
import { givenBytes } from './schema-values.ts';

const WHOLE = 'a whole number from 0 on';
const STATUS = 'a status from 200 to 599';

const wholeNumber = (description: string) =>
  v.nullish(v.pipe(v.number(WHOLE), v.integer(WHOLE), v.minValue(0, WHOLE), v.description(description)));

const pattern = v.pipe(v.string(STRING_EXPECTED), v.check(isUrlPattern, PATTERN));

const entries = {
  url: required(
    v.nullish(
      v.pipe(
        pattern,
        v.description(
          'Which requests: a URL in which `*` stands for any characters, perhaps with a method in front.',
        ),
      ),
    ),
  ),
  status: v.nullish(
    v.pipe(
      v.number(STATUS),
      v.integer(STATUS),
      v.minValue(200, STATUS),
      v.maxValue(599, STATUS),
      v.description('Of the answer. Default 200.'),
    ),
  ),
  headers: textMap('Of the answer.'),
  body: v.nullish(v.pipe(givenBytes, v.description('Of the answer. Default: empty.'))),
  cutAfter: wholeNumber('The body breaks off after so many bytes.'),
  error: oneOf(outgoingErrors, 'The error that the component gets in place of an answer.'),
  pass: flag('They go to the network.'),
  delay: timer('How much later they are answered, such as `200ms`, in the time of the machine.'),
  after: wholeNumber('How many such requests pass to the other rules first. Default 0.'),
  times: wholeNumber('How often it answers. Default: for ever.'),
};

/** What the requests come to that the component sends; of several rules that match the first one answers. */
export const outgoing = v.nullish(
  v.pipe(
    v.array(
      v.object(entries, 'a rule such as { url: "https://api.example.com/*", status: 503 }'),
      'a list of rules',
    ),
    v.check(
      (rules) =>
        rules.every(({ status, body, headers, error, pass }) => {
          const answers = [status, body, headers].some((one) => one != null);
          return [answers, error != null, pass === true].filter(Boolean).length <= 1;
        }),
      'rules that have an answer, or an error, or pass',
    ),
    v.description(
      'What the requests come to that the component sends from now on, in place of what an earlier step said. A request that no rule names fails.',
    ),
  ),
);

/** What the component has to send while it serves a request. */
export const sends = v.nullish(
  v.pipe(
    v.array(pattern, 'a list such as ["POST https://api.example.com/orders"]'),
    v.description(
      'The requests that the component has to send meanwhile, in order and no others. Default: any.',
    ),
  ),
);

/** A rule as it is written. */
export type WrittenRule = NonNullable<v.InferOutput<typeof outgoing>>[number];
