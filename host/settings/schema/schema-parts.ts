import * as v from 'valibot';
import { parseDuration, parseTimer } from '../../shared/duration.ts';
import { whyNoVariable } from '../../shared/environment-variable.ts';
import { parseHostPolicy } from '../../shared/host-policy.ts';
import { parseName } from '../../shared/name.ts';
import type { Parsed } from '../../shared/parsed.ts';
import { parsePath } from '../../shared/path.ts';
import { parseSize } from '../../shared/size.ts';
import { largestCount } from '../largest-count.ts';

// The message of a schema is what would have been right; validate.ts writes the sentence around it.

const ABSENT_OR_NULL = null;
const TIME_EXPECTED = 'a duration such as "30s", or a number of milliseconds';
export const STRING_EXPECTED = 'text; a number or true/false needs quotes to be text';

/** A string that `parse` accepts. */
export function parsed(parse: (text: string) => Parsed<unknown>, description: string) {
  return v.nullish(
    v.pipe(
      v.string(STRING_EXPECTED),
      v.rawCheck(({ dataset, addIssue }) => {
        const result = dataset.typed ? parse(dataset.value) : { value: ABSENT_OR_NULL };
        if ('expected' in result) addIssue({ message: result.expected });
      }),
      v.description(description),
    ),
  );
}

/** Any string. */
export const text = (description: string) =>
  v.nullish(v.pipe(v.string(STRING_EXPECTED), v.description(description)));

/** A shell command. */
export const command = (description: string) =>
  v.nullish(
    v.pipe(
      v.string(STRING_EXPECTED),
      v.check((given) => given.trim() !== '', 'a command, which is not empty'),
      v.check((given) => !given.includes('\0'), 'a command without the NUL character'),
      v.description(description),
    ),
  );

/** What messages call something. */
export const name = (description: string) => parsed(parseName, description);

/** A path; relative ones start at the project's folder. */
export const path = (description: string) => parsed(parsePath, description);

/** true or false. */
export const flag = (description: string) =>
  v.nullish(v.pipe(v.boolean('true or false'), v.description(description)));

/** A number; of one in quotes it says that these are the mistake. */
const bareNumber = (expected: string) =>
  v.number(({ input }) =>
    typeof input === 'string' && /^\d+$/.test(input.trim()) ? `${expected}, without quotes` : expected,
  );

/** A whole number of at least one. */
export const count = (description: string) =>
  v.nullish(
    v.pipe(
      bareNumber('a whole number'),
      v.integer('a whole number'),
      v.minValue(1, 'at least 1'),
      v.maxValue(largestCount, `at most ${largestCount}`),
      v.description(description),
    ),
  );

/** A whole number between two. */
export const between = (least: number, most: number, expected: string, description: string) =>
  v.nullish(
    v.pipe(
      bareNumber(expected),
      v.integer(expected),
      v.minValue(least, expected),
      v.maxValue(most, expected),
      v.description(description),
    ),
  );

/** Text with a unit, or a number, that `parse` accepts. */
const parsedNumber = (
  parse: (given: string | number) => Parsed<number>,
  expected: string,
  description: string,
) =>
  v.nullish(
    v.pipe(
      v.union([v.string(), v.number()], expected),
      v.rawCheck(({ dataset, addIssue }) => {
        if (!dataset.typed) return;
        const result = parse(dataset.value);
        if ('expected' in result) addIssue({ message: result.expected });
      }),
      v.description(description),
    ),
  );

/** A time, as text with its unit or as milliseconds. */
export const duration = (description: string) => parsedNumber(parseDuration, TIME_EXPECTED, description);

/** A time that is waited for. */
export const timer = (description: string) => parsedNumber(parseTimer, TIME_EXPECTED, description);

/** A number of bytes, as text with its unit or as a number. */
export const size = (description: string) =>
  parsedNumber(parseSize, 'a size such as "64KiB", or a number of bytes', description);

/** One of a few words. */
export const oneOf = <const T extends readonly string[]>(words: T, description: string) =>
  v.nullish(
    v.pipe(
      v.picklist(words, `one of ${words.map((word) => `"${word}"`).join(', ')}`),
      v.description(description),
    ),
  );

/** A list of strings. */
export const texts = (description: string, expected = 'a list of text') =>
  v.nullish(v.pipe(v.array(v.string(STRING_EXPECTED), expected), v.description(description)));

/** A list of strings that `parse` accepts. */
export const parsedTexts = (parse: (text: string) => Parsed<unknown>, description: string) =>
  v.nullish(v.pipe(v.array(required(parsed(parse, '')), 'a list of text'), v.description(description)));

/** A list of strings or numbers that `parse` accepts as text. */
export const parsedScalars = (parse: (text: string) => Parsed<unknown>, description: string) =>
  v.nullish(
    v.pipe(
      v.array(
        v.pipe(
          v.union([v.string(), v.number()], 'text or a number'),
          v.rawCheck(({ dataset, addIssue }) => {
            const result = dataset.typed ? parse(String(dataset.value)) : { value: ABSENT_OR_NULL };
            if ('expected' in result) addIssue({ message: result.expected });
          }),
        ),
        'a list of text',
      ),
      v.description(description),
    ),
  );

/** A list of hosts that requests may be sent to. */
export const hostPolicies = (description: string) => parsedTexts(parseHostPolicy, description);

/** Names and their values. */
export const textMap = (description: string) =>
  v.nullish(
    v.pipe(
      v.record(v.string(), v.string(STRING_EXPECTED), 'a map of names to text'),
      v.description(description),
    ),
  );

/** Variables of an environment. */
export const variables = (description: string) =>
  v.nullish(
    v.pipe(
      v.record(v.string(), v.string(STRING_EXPECTED), 'a map of names to text'),
      v.rawCheck(({ dataset, addIssue }) => {
        if (!dataset.typed) return;
        for (const [name, value] of Object.entries(dataset.value)) {
          if (whyNoVariable(name, value) === undefined) continue;
          const { value: input } = dataset;
          const at: v.ObjectPathItem = { type: 'object', origin: 'value', input, key: name, value };
          addIssue({
            message: 'a name without "=", and neither in it nor in its text the NUL character',
            input: value,
            path: [at],
          });
        }
      }),
      v.description(description),
    ),
  );

/** A group of keys. Unknown ones are no error: another tool may own them. */
export const section = <T extends v.ObjectEntries>(entries: T, description: string) =>
  v.nullish(v.pipe(v.object(entries, 'a section of keys'), v.description(description)));

/** Where the variables of a component come from. */
export const environmentEntries = {
  config: variables('Variables and their values.'),
  configFrom: texts('Names of entries in `configs` whose values are added; they win over `config`.'),
  secretFrom: texts('Names of entries in `secrets` whose values are added; they win over `configFrom`.'),
};

/** A map of names to sections. */
export const sectionMap = <T extends v.ObjectEntries>(entries: T, description: string) =>
  v.nullish(
    v.pipe(
      v.record(v.string(), v.object(entries, 'a section of keys'), 'a map of names to sections'),
      v.description(description),
    ),
  );

/** A list of sections. */
export const sections = <T extends v.ObjectEntries>(entries: T, description: string) =>
  v.nullish(
    v.pipe(v.array(v.object(entries, 'a section of keys'), 'a list of sections'), v.description(description)),
  );

/** The same part where it has to be there. */
export const required = <T extends v.GenericSchema>(part: v.NullishSchema<T, undefined>): T => part.wrapped;
