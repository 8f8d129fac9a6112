import * as v from 'valibot';
import { whyNoPattern, whyNoSubject } from '../../interfaces/messaging/subject.ts';
import { oneOf, required, STRING_EXPECTED } from '../../settings/schema/schema-parts.ts';
import { givenBytes, wantedBytes } from './schema-values.ts';

const SUBJECT = 'a subject such as orders.new, without blanks and wildcards';
const PATTERN = 'a list of subjects such as [orders.accepted, "audit.*"]';

const subject = (description: string) =>
  v.nullish(
    v.pipe(
      v.string(STRING_EXPECTED),
      v.check((given) => whyNoSubject(given) === undefined, SUBJECT),
      v.description(description),
    ),
  );

/** A message to the components that have subscribed. */
export const publish = v.nullish(
  v.pipe(
    v.object(
      {
        subject: required(subject('What it is published to.')),
        body: v.nullish(v.pipe(givenBytes, v.description('Default: empty.'))),
        replyTo: subject(
          'Where a handler may reply. Default: nowhere; where a `reply` is expected, to this step.',
        ),
      },
      'a section such as { subject: orders.new, body: text }',
    ),
    v.description('A message to the components that have subscribed to its subject.'),
  ),
);

/** What has to become of it. */
export const outcome = oneOf(
  ['handled', 'failed', 'nobody'],
  'What has to become of the message: `handled` (default) by all that have subscribed, `failed` at one of them, `nobody` has subscribed.',
);

export const reply = v.nullish(
  v.pipe(wantedBytes, v.description('What has to be replied. Default: anything, or nothing.')),
);

/** What the components have to publish while a step is done. */
export const messages = v.nullish(
  v.pipe(
    v.array(
      v.pipe(
        v.string(STRING_EXPECTED),
        v.check((given) => whyNoPattern(given) === undefined, PATTERN),
      ),
      PATTERN,
    ),
    v.description(
      'Subjects of the messages that components have to publish meanwhile, in order and no others; `*` and `>` as in subscriptions, and replies do not count. Default: any.',
    ),
  ),
);
