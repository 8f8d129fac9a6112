import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyvalueOperations } from '../../host/interfaces/keyvalue/operations.ts';
import { unpackTrace } from '../../host/runtime/trace/packed-trace.ts';
import { fieldsOf, recordOf } from '../../host/runtime/trace/record-fields.ts';
import { recordText, resultText } from '../../host/runtime/trace/record-text.ts';
import { TraceLog } from '../../host/runtime/trace/trace-log.ts';
import { TracedOperations } from '../../host/runtime/trace/traced-operations.ts';
import { mailOperations, twoInterfaces } from '../support/made-up-interface.ts';

const { get, set } = keyvalueOperations.operations;
const { send, list } = mailOperations.operations;
const text = fc.string({ unit: 'grapheme' });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

test('records of several interfaces are kept in one order, with whatever each says', () => {
  const attributes = fc.record({
    accepted: optional(fc.boolean()),
    server: optional(text),
    bytes: optional(fc.nat()),
    parts: optional(fc.nat()),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, optional(text), optional(text), attributes)), (mails) => {
      const log = new TraceLog(twoInterfaces);
      const [stores, mail] = [log.of(keyvalueOperations), log.of(mailOperations)];
      for (const [target, item, error, said] of mails) {
        stores.note(get, target, item, [true, 3], error, 0);
        mail.note(send, target, item, Object.values(said), error, 0);
      }
      const records = unpackTrace(log.take(), twoInterfaces);
      const times = { start: expect.any(Number), milliseconds: expect.any(Number) };
      expect(records).toEqual(
        mails.flatMap(([target, item, error, said]) => [
          { operation: get, target, item, attributes: { hit: true, size: 3 }, error, ...times },
          { operation: send, target, item, attributes: said, error, ...times },
        ]),
      );
      expect(records.map((record) => recordOf(fieldsOf(record), twoInterfaces))).toEqual(records);
    }),
  );
});

test('a record says to which other it belongs, whichever ends first', () => {
  const log = new TraceLog(twoInterfaces);
  log.begin();
  const [outer, inner, lost] = [log.nextId(), log.nextId(), log.nextId()];
  const now = performance.now();
  log.of(keyvalueOperations, inner).note(get, 'b', 'k', [], undefined, now);
  log.of(mailOperations, outer).note(send, 'h', 'inner', [], undefined, now, inner);
  log.of(keyvalueOperations).note(set, 'b', 'k', [], undefined, now);
  log.of(mailOperations).note(send, 'h', 'outer', [], undefined, now, outer);
  log.of(mailOperations, outer).note(list, 'h', undefined, [], undefined, now);
  log.of(mailOperations, lost).note(list, 'h', undefined, [], undefined, now);
  const records = unpackTrace(log.take(), twoInterfaces);
  expect(records.map(({ parent }) => parent)).toEqual([1, 3, undefined, undefined, 3, undefined]);
  expect(records.map((record) => fieldsOf(record).parent)).toEqual([
    1,
    3,
    undefined,
    undefined,
    3,
    undefined,
  ]);
});

test('an interface says how its records read and what their fields are called', () => {
  const log = new TraceLog(twoInterfaces);
  const said = { accepted: false, server: 'mx', bytes: 2048, parts: 1 };
  log
    .of(mailOperations)
    .note(send, 'example.com', 'ann', Object.values(said), 'no such mailbox', performance.now());
  const [record] = unpackTrace(log.take(), twoInterfaces);
  if (record === undefined) throw new Error('nothing was noted');
  expect(resultText(record)).toBe('refused, mx, 2.0 KiB, 1 part, failed: no such mailbox');
  expect(recordText(record, true)).toMatchObject({
    op: 'send',
    target: 'example.com/ann',
    result: 'refused, mx, 1 part, failed: no such mailbox',
    state: 'error',
  });
  expect(fieldsOf(record)).toMatchObject({
    interface: 'demo:mail',
    op: 'send',
    host: 'example.com',
    mailbox: 'ann',
    ...said,
    error: 'no such mailbox',
  });
});

test('an interface that is not traced can note nothing', () => {
  const log = new TraceLog(new TracedOperations([keyvalueOperations]));
  expect(() => log.of(mailOperations)).toThrow('the operations of demo:mail are not traced');
});
