import * as v from 'valibot';
import { STRING_EXPECTED } from '../../settings/schema/schema-parts.ts';
import { parseRegex } from './regex.ts';

const GIVEN = 'text, or one of { json: … }, { base64: … }';
const WANTED = 'text, or one of { json: … }, { regex: … }, { base64: … }';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const json = v.optional(v.pipe(v.any(), v.description('Anything, which is written, or compared, as JSON.')));
const base64 = v.optional(
  v.pipe(
    v.string(STRING_EXPECTED),
    v.regex(BASE64, 'bytes as base64'),
    v.description('Bytes that are no text.'),
  ),
);

/** A regular expression that has to be somewhere in the text. */
export const regex = v.pipe(
  v.string(STRING_EXPECTED),
  v.rawCheck(({ dataset, addIssue }) => {
    const result = dataset.typed ? parseRegex(dataset.value) : { value: undefined };
    if ('expected' in result) addIssue({ message: result.expected });
  }),
);

/** Bytes that a scenario writes: of a request's body, or of a key. */
export const givenBytes = v.union(
  [
    v.string(STRING_EXPECTED),
    v.pipe(
      v.object({ json, base64 }),
      v.check((value) => Object.keys(value).length === 1, GIVEN),
    ),
  ],
  GIVEN,
);

/** Bytes that a scenario expects: of an answer's body, or of a key. */
export const wantedBytes = v.union(
  [
    v.string(STRING_EXPECTED),
    v.pipe(
      v.object({
        json,
        base64,
        regex: v.optional(
          v.pipe(
            regex,
            v.description(
              'A regular expression that has to be somewhere in the text: `^a+$`, or `/^a+$/i` with flags.',
            ),
          ),
        ),
      }),
      v.check((value) => Object.keys(value).length === 1, WANTED),
    ),
  ],
  WANTED,
);

/** Headers that an answer has to have. */
export const wantedHeaders = v.nullish(
  v.pipe(
    v.record(
      v.string(),
      v.nullable(
        v.union(
          [v.string(STRING_EXPECTED), v.object({ regex })],
          'text, { regex: … }, or nothing where the header has to be absent',
        ),
      ),
      'a map of header names to what is expected of them',
    ),
    v.description(
      'Headers by name. Those that are not named may be as they like; null: it must not be there.',
    ),
  ),
);

const buckets = <T extends v.GenericSchema>(value: T, description: string) =>
  v.nullish(
    v.pipe(
      v.record(
        v.string(),
        v.record(v.string(), value, 'a map of keys to values'),
        'a map of identifiers to the keys of their buckets',
      ),
      v.description(description),
    ),
  );

/** What buckets hold before the first step. */
export const before = buckets(
  givenBytes,
  'What buckets hold before the first step, by identifier and key. Default: nothing.',
);

/** What somebody else writes in the middle. */
export const write = buckets(
  v.nullable(givenBytes),
  'Keys that somebody else writes now, by identifier; null deletes one.',
);

/** What buckets hold after the last step. */
export const after = buckets(
  wantedBytes,
  'What the buckets named here hold after the last step, and nothing else. Default: that is not looked at.',
);
