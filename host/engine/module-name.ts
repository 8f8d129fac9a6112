import { BinaryReader } from './decode/binary-reader.ts';
import { BinaryWriter } from './reset/binary-writer.ts';

/** What begins the names of modules of which it is to be seen whose they are, in front of their component's name. */
const mark = 'component+';
const preambleLength = 8;
const nameSection = 'name';

/**
 * A core module that says in stack traces which component it belongs to: V8 writes the module's name there. The same bytes where they
 * can't be read, which whoever compiles them will say.
 */
export function withComponentName(
  bytes: Uint8Array<ArrayBuffer>,
  component: string,
): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  const own = new BinaryWriter().name(`${mark}${component.replace(/[^\w-]/g, '_')}.wasm`).finish();
  try {
    writer.bytes(bytes.subarray(0, preambleLength));
    const names = new BinaryWriter().name(nameSection).byte(0).u32(own.length).bytes(own);
    const reader = new BinaryReader(bytes, preambleLength);
    while (!reader.done) {
      const begin = reader.position;
      const id = reader.byte();
      const section = reader.slice(reader.u32());
      const end = reader.position;
      if (id !== 0 || section.name() !== nameSection) writer.bytes(bytes.subarray(begin, end));
      else for (const part of otherNames(section, bytes)) names.bytes(part);
    }
    const content = names.finish();
    return writer.byte(0).u32(content.length).bytes(content).finish();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return bytes;
    throw error;
  }
}

/** What of a section of names is not the module's. */
function otherNames(section: BinaryReader, bytes: Uint8Array<ArrayBuffer>): Uint8Array[] {
  const parts: Uint8Array[] = [];
  while (!section.done) {
    const begin = section.position;
    const kind = section.byte();
    section.slice(section.u32());
    if (kind !== 0) parts.push(bytes.subarray(begin, section.position));
  }
  return parts;
}

/** The component that a frame of a stack trace belongs to, by the URL of its module; undefined where there is only one. */
export function componentOf(url: string): string | undefined {
  return /^wasm:\/\/wasm\/component\+([\w-]+)\.wasm-/.exec(url)?.[1];
}
