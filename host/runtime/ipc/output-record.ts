import { absent } from '../../shared/packed-strings.ts';
import type { Output } from '../outcome.ts';
import { noTrace } from '../trace/packed-trace.ts';
import type { Trigger } from '../trigger.ts';
import type { Blocks } from './blocks.ts';
import type { RingBuffer } from './ring-buffer.ts';
import type { Sending } from './sending.ts';

/*
 * What came of a call, as a record: words, numbers of operations, what its trigger writes, and the text of the operations, which is
 * read apart because it may be kept longer.
 */

/** The id, how many numbers, how long the text of the operations is and where it begins, where bytes of it are in a block and how many. */
const headBytes = 24;
/** So many bytes a character takes in UTF-8, at most: longer ones are two of a string. */
const mostOfCharacter = 3;

/** @returns where the record ends; undefined when it can't be one now, or not at all */
export function writeOutput<T extends Output>(
  ring: RingBuffer,
  blocks: Blocks,
  sending: Sending<T>,
  output: T,
): number | undefined {
  const { id, outcome, part } = output;
  if (outcome?.trap !== undefined) return undefined;
  const { text, numbers, omitted, span } = outcome?.operations ?? noTrace;
  if (omitted > 0 || span !== undefined) return undefined;
  const size = sending.size(output);
  if (size === undefined) return undefined;
  const fixed = headBytes + numbers.length * 8;
  const at = ring.reserve(fixed + size + text.length * mostOfCharacter);
  if (at === undefined) return undefined;
  const { words, doubles, bytes } = ring;
  const end = sending.write(ring, at + fixed, output, blocks);
  if (end === undefined) return undefined;
  const textBytes = text === '' ? 0 : bytes.write(text, end);
  let word = at >> 2;
  words[word++] = id;
  words[word++] = outcome === undefined ? absent : numbers.length;
  words[word++] = textBytes;
  words[word++] = end;
  words[word++] = part === undefined ? absent : part.at;
  words[word] = part?.length ?? 0;
  const double = (at + headBytes) >> 3;
  for (let index = 0; index < numbers.length; index += 1) doubles[double + index] = numbers[index] as number;
  return end + textBytes;
}

/**
 * @param blocks where bytes are that it tells of
 * @param triggerOf the trigger of a call, by its id; of one that is over nothing is read
 */
export function readOutput(
  ring: RingBuffer,
  at: number,
  blocks: Blocks,
  triggerOf: (id: number) => Pick<Trigger, 'readOutput'> | undefined,
): Output | undefined {
  const { words, doubles, bytes } = ring;
  let word = at >> 2;
  const id = words[word++] as number;
  const count = words[word++] as number;
  const textBytes = words[word++] as number;
  const textAt = words[word++] as number;
  const partAt = words[word++] as number;
  const lent = partAt === absent ? undefined : blocks.lend({ at: partAt, length: words[word] as number });
  const output = triggerOf(id)?.readOutput(ring, at + headBytes + Math.max(count, 0) * 8, id);
  if (output === undefined) {
    lent?.giveBack();
    return undefined;
  }
  if (lent !== undefined) output.lent = lent;
  if (count === absent) return output;
  const numbers: number[] = [];
  const double = (at + headBytes) >> 3;
  for (let index = 0; index < count; index += 1) numbers.push(doubles[double + index] as number);
  const text = textBytes === 0 ? '' : bytes.toString('utf8', textAt, textAt + textBytes);
  output.outcome = { operations: count === 0 ? noTrace : { text, numbers, omitted: 0 } };
  return output;
}
