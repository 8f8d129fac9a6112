import { BinaryReader } from '../decode/binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';

/** Bytes of a page of memory. */
export const pageSize = 65_536;
const memorySection = 5;
/** Flags of a memory's limits: it has a largest size, threads share it, and it is counted in 64 bits. */
const hasMost = 1;
const isShared = 2;
const is64 = 4;

/** A memory is larger from the start than it may be. */
export class TooMuchMemory extends Error {
  override readonly name = 'TooMuchMemory';
  readonly bytes: number;

  constructor(bytes: number) {
    super(`a memory begins with ${bytes} bytes`);
    this.bytes = bytes;
  }
}

/**
 * A core module whose own memories grow no further than to so many bytes. Throws `TooMuchMemory` where one is larger
 * from the start.
 */
export function limitMemory(bytes: Uint8Array<ArrayBuffer>, most: number): Uint8Array<ArrayBuffer> {
  const reader = new BinaryReader(bytes, 8);
  while (!reader.done) {
    const begin = reader.position;
    const id = reader.byte();
    const content = reader.slice(reader.u32());
    if (id !== memorySection) continue;
    const section = limited(content, Math.floor(most / pageSize));
    return new BinaryWriter()
      .bytes(bytes.subarray(0, begin))
      .byte(memorySection)
      .u32(section.length)
      .bytes(section)
      .bytes(bytes.subarray(reader.position))
      .finish();
  }
  return bytes;
}

function limited(reader: BinaryReader, mostPages: number): Uint8Array {
  const count = reader.u32();
  const section = new BinaryWriter().u32(count);
  for (let index = 0; index < count; index += 1) {
    const flags = reader.byte();
    const least = reader.u32();
    if (least > mostPages) throw new TooMuchMemory(least * pageSize);
    const most = (flags & hasMost) === 0 ? mostPages : Math.min(reader.u32(), mostPages);
    section.byte(flags | hasMost).u32(least);
    if ((flags & ~(hasMost | isShared | is64)) !== 0)
      throw new TypeError('a core module has a memory of a kind that is unknown here');
    section.u32(most);
  }
  return section.finish();
}
