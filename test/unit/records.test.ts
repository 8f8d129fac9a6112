import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadInterfaces } from '../../host/interfaces/index.ts';
import { keyvalueOperations } from '../../host/interfaces/keyvalue/operations.ts';
import { recordsOf, tracedOperations } from '../../host/interfaces/traced-operations.ts';
import { Blocks, blockSize, Lent } from '../../host/runtime/ipc/blocks.ts';
import { readCall, writeCall } from '../../host/runtime/ipc/call-record.ts';
import { readOutput, writeOutput } from '../../host/runtime/ipc/output-record.ts';
import { RingBuffer } from '../../host/runtime/ipc/ring-buffer.ts';
import { TraceLog } from '../../host/runtime/trace/trace-log.ts';
import type { AnswerOutput, ReceivedOutput } from '../../host/triggers/http/messages.ts';
import { readAnswer, readRequest, sentAnswers, sentRequests } from '../../host/triggers/http/records.ts';

await loadInterfaces();

const latin1 = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
});
const headers = fc
  .array(
    fc.tuple(
      latin1.map((name) => `x${name}`),
      latin1,
    ),
    { maxLength: 5 },
  )
  .map((pairs) => pairs.flat());
const bytes = fc.uint8Array({ maxLength: 300 });
/** More than is copied into a record. */
const longBytes = fc
  .integer({ min: 16 * 1024 + 1, max: blockSize })
  .map((length) => new Uint8Array(length).fill(7));
const text = fc.string({ unit: 'grapheme' });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const { get, set, 'list-keys': listKeys } = keyvalueOperations.operations;
const hit = optional(fc.boolean());
const number = optional(fc.nat());
const operation = fc
  .oneof(
    fc.record({ operation: fc.constant(get), attributes: fc.record({ hit, size: number }) }),
    fc.record({ operation: fc.constant(set), attributes: fc.record({ size: number }) }),
    fc.record({ operation: fc.constant(listKeys), attributes: fc.record({ count: number }) }),
  )
  .chain((made) =>
    fc
      .record({ target: text, item: optional(text), error: optional(text) })
      .map((rest) => ({ ...made, ...rest })),
  );

/** What comes out of a ring of its own at the other end. */
function carry<T>(
  write: (ring: RingBuffer) => number | undefined,
  read: (ring: RingBuffer, at: number) => T,
): T | undefined {
  const ring = new RingBuffer();
  const end = write(ring);
  if (end === undefined) return undefined;
  ring.commit(end, 0);
  const reader = new RingBuffer(ring.memory);
  expect(reader.nextOrder).toBe(0);
  return read(reader, reader.next);
}

describe('records', () => {
  it('bring requests as they are', () => {
    const head = fc.record({
      method: fc.constantFrom('GET', 'POST', 'X-OWN'),
      scheme: fc.constantFrom('http', 'https'),
      authority: optional(latin1),
      pathWithQuery: latin1,
      headers,
    });
    const body = fc.oneof(bytes, longBytes, fc.constant('stream' as const), fc.constant(undefined));
    const blocks = new Blocks();
    fc.assert(
      fc.property(fc.nat(), head, body, (id, sent, sentBody) => {
        const request = carry(
          (ring) => writeCall(ring, blocks, id, 3, sentRequests, { head: sent, body: sentBody }),
          (ring, at) =>
            readCall(ring, at, (trigger, ring, at, id) => ({
              id,
              trigger,
              ...readRequest(ring, at, blocks),
            })),
        );
        if (request === undefined) throw new Error('the request was not written');
        const { method, scheme, authority, pathWithQuery, headers } = request.head;
        expect({ method, scheme, authority, pathWithQuery, headers }).toEqual(sent);
        expect(request.id).toBe(id);
        expect(request.trigger).toBe(3);
        if (request.body instanceof Lent) {
          expect(sentBody instanceof Uint8Array && Buffer.compare(request.body.bytes, sentBody)).toBe(0);
          request.body.giveBack();
        } else if (sentBody instanceof Uint8Array)
          expect([...(request.body as Uint8Array)]).toEqual([...sentBody]);
        else expect(request.body).toBe(sentBody);
      }),
    );
  });

  it('bring answers as they are', () => {
    const end = optional(fc.record({ trailers: optional(headers) }));
    const sent = fc.record({
      id: fc.nat(),
      head: optional(fc.record({ status: fc.integer({ min: 200, max: 599 }), headers })),
      bytes: optional(bytes),
      end,
      operations: optional(fc.array(operation, { maxLength: 30 })),
    });
    fc.assert(
      fc.property(sent, ({ id, head, bytes, end, operations }) => {
        const log = new TraceLog(tracedOperations());
        const trace = log.of(keyvalueOperations);
        for (const { operation, target, item, attributes, error } of operations ?? [])
          trace.note(operation, target, item, Object.values(attributes), error, 0);
        const output: AnswerOutput = { id };
        if (head !== undefined) output.head = head;
        if (bytes !== undefined) output.bytes = bytes;
        if (end !== undefined) output.end = end;
        if (operations !== undefined) output.outcome = { operations: log.take() };
        const received: ReceivedOutput | undefined = carry(
          (ring) => writeOutput(ring, new Blocks(), sentAnswers, output),
          (ring, at) => readOutput(ring, at, new Blocks(), () => ({ readOutput: readAnswer })),
        );
        if (received === undefined) throw new Error('the answer was not written');
        expect(received.id).toBe(id);
        expect(received.head).toEqual(head);
        expect(received.bytes).toEqual(
          bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1'),
        );
        expect(received.end).toEqual(end);
        const unpacked = received.outcome && recordsOf(received.outcome.operations);
        expect(unpacked).toEqual(
          operations?.map((noted) => ({
            ...noted,
            start: expect.any(Number),
            milliseconds: expect.any(Number),
          })),
        );
      }),
    );
  });

  it('are not made of what is long or failed', () => {
    const ring = new RingBuffer();
    const long = new Uint8Array(blockSize + 1);
    const head = { method: 'POST', scheme: 'http', authority: 'a', pathWithQuery: '/', headers: [] };
    const blocks = new Blocks();
    expect(writeCall(ring, blocks, 1, 0, sentRequests, { head, body: long })).toBeUndefined();
    expect(writeOutput(ring, blocks, sentAnswers, { id: 1, bytes: long })).toBeUndefined();
    expect(writeOutput(ring, blocks, sentAnswers, { id: 1, failure: 'it broke' })).toBeUndefined();
  });
  it('are none while all blocks are taken', () => {
    const blocks = new Blocks();
    while (blocks.take() !== undefined);
    const head = { method: 'POST', scheme: 'http', authority: 'a', pathWithQuery: '/', headers: [] };
    const send = (length: number) =>
      writeCall(new RingBuffer(), blocks, 1, 0, sentRequests, { head, body: new Uint8Array(length) });
    expect(send(blockSize)).toBeUndefined();
    expect(send(100)).toBeDefined();
    blocks.free(0);
    expect(send(blockSize)).toBeDefined();
  });
});
