import { BinaryReader } from '../host/engine/decode/binary-reader.ts';
import { BinaryWriter } from '../host/engine/reset/binary-writer.ts';

const pageSize = 65_536;
/** Of a component, and of a core module. */
const headLength = 8;
/** The numbers of sections: of a component, and of a core module. */
const coreModule = 1;
const [memory, data, dataCount] = [5, 11, 12];

interface Section {
  readonly id: number;
  readonly content: Uint8Array<ArrayBuffer>;
}

/**
 * A component as if its program had so many bytes of static data more, above all else in its memory; its code is the same. Such are
 * pages, fonts or models that a program is compiled with.
 */
export function withAssets(component: Uint8Array<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  let isDone = false;
  return changed(component, ({ id, content }) => {
    if (isDone || id !== coreModule || !sectionsOf(content).some((section) => section.id === memory))
      return content;
    isDone = true;
    return moduleWithAssets(content, bytes);
  });
}

function moduleWithAssets(module: Uint8Array<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  let start = 0;
  return changed(module, ({ id, content }) => {
    const reader = new BinaryReader(content);
    const count = reader.u32();
    if (id === memory) {
      const flags = reader.byte();
      const pages = reader.u32();
      start = pages * pageSize;
      const writer = new BinaryWriter().u32(count).byte(flags);
      return writer
        .u32(pages + Math.ceil(bytes / pageSize))
        .bytes(reader.rest())
        .finish();
    }
    if (id === dataCount) return new BinaryWriter().u32(count + 1).finish();
    if (id !== data) return content;
    const assets = Uint8Array.from({ length: bytes }, (_, index) => (index * 31 + (index >>> 8)) | 1);
    const writer = new BinaryWriter().u32(count + 1).bytes(reader.rest());
    return writer.u32(0).initial(start).u32(bytes).bytes(assets).finish();
  });
}

function changed(
  binary: Uint8Array<ArrayBuffer>,
  change: (section: Section) => Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter().bytes(binary.subarray(0, headLength));
  for (const section of sectionsOf(binary)) {
    const content = change(section);
    writer.byte(section.id).u32(content.length).bytes(content);
  }
  return writer.finish();
}

function sectionsOf(binary: Uint8Array<ArrayBuffer>): Section[] {
  const reader = new BinaryReader(binary, headLength);
  const sections: Section[] = [];
  while (!reader.done) sections.push({ id: reader.byte(), content: reader.slice(reader.u32()).rest() });
  return sections;
}
