import { expect, test } from 'vitest';
import { Blocks, blockSize, type Part } from '../../host/runtime/ipc/blocks.ts';
import { fillBlocks } from '../../host/runtime/ipc/fill-blocks.ts';
import { readNote, writeBytes, writeNote } from '../../host/runtime/ipc/note-record.ts';
import { RingBuffer } from '../../host/runtime/ipc/ring-buffer.ts';

const chunksOf = (...lengths: number[]) =>
  lengths.map((length, index) => new Uint8Array(length).fill(index + 1));

test('chunks lie in blocks one behind the other, until they are given back', () => {
  const writer = new Blocks();
  const reader = new Blocks(writer.memory);
  const chunks = chunksOf(10, blockSize, 70_000, 1);
  const parts: Part[] = [];
  const sent = fillBlocks(writer, chunks, (part) => parts.push(part) > 0);
  expect(sent).toBe(10 + blockSize + 70_000 + 1);
  const lent = parts.map((part) => reader.lend(part));
  expect(Buffer.compare(Buffer.concat(lent.map(({ bytes }) => bytes)), Buffer.concat(chunks))).toBe(0);
  expect(writer.take()).toBe(parts.length * blockSize);
  lent[1]?.giveBack();
  expect(writer.take()).toBe(blockSize);
  // A second time it is somebody else's.
  lent[1]?.giveBack();
  expect(writer.take()).toBe((parts.length + 1) * blockSize);
});

test('where the blocks or the records end, what was not sent stays with its owner', () => {
  const blocks = new Blocks();
  let room = 2;
  const sent = fillBlocks(blocks, chunksOf(3 * blockSize), () => room-- > 0);
  expect(sent).toBe(2 * blockSize);
  expect(blocks.take()).toBe(2 * blockSize);
  while (blocks.take() !== undefined);
  expect(fillBlocks(blocks, chunksOf(5), () => true)).toBe(0);
});

test('notes and bytes of a call are told apart from other records', () => {
  const ring = new RingBuffer();
  const reader = new RingBuffer(ring.memory);
  const blocks = new Blocks();
  const heard: unknown[] = [];
  const take = (end: number | undefined): boolean => {
    ring.commit(end ?? 0, 0);
    expect(reader.nextOrder).toBe(0);
    const isNote = readNote(reader, reader.next, blocks, {
      note: (...note) => heard.push(note),
      bytes: (id, { bytes }) => heard.push([id, bytes.length]),
    });
    reader.release();
    return isNote;
  };
  expect(take(writeNote(ring, 7, 2, 1234))).toBe(true);
  expect(take(writeBytes(ring, 8, { at: blocks.take() ?? 0, length: 99 }))).toBe(true);
  const at = ring.reserve(8) ?? 0;
  ring.words[(at >> 2) + 1] = -1;
  expect(take(at + 8)).toBe(false);
  expect(heard).toEqual([
    [7, 2, 1234],
    [8, 99],
  ]);
});
