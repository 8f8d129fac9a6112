import { BinaryReader } from '../../host/engine/decode/binary-reader.ts';
import { decodeComponent } from '../../host/engine/decode/decode.ts';
import { BinaryWriter } from '../../host/engine/reset/binary-writer.ts';

/** Sections of types, of aliases and of imports. */
const declaring = [6, 7, 10];
const instanceSort = 5;

/**
 * A component that has the given one within it, passes its own imports on to it and exports what that exports, as tools that
 * compose components leave it. The given one declares its imports before anything else.
 */
export function wrapped(component: Uint8Array): Uint8Array<ArrayBuffer> {
  const { imports, exports } = decodeComponent(component);
  const reader = new BinaryReader(component, 8);
  let end = 8;
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.slice(reader.u32());
    if (!declaring.includes(id)) break;
    end = section.end;
  }
  const args = new BinaryWriter().u32(1).byte(0).u32(0).u32(imports.length);
  for (const [index, { name, label }] of imports.entries())
    args
      .name(label ?? name)
      .byte(instanceSort)
      .u32(index);
  const inner = imports.length;
  const aliases = new BinaryWriter().u32(exports.length);
  const exported = new BinaryWriter().u32(exports.length);
  for (const [index, name] of exports.entries()) {
    aliases.byte(instanceSort).byte(0).u32(inner).name(name);
    exported
      .byte(0)
      .name(name)
      .byte(instanceSort)
      .u32(inner + 1 + index)
      .byte(0);
  }
  const written = new BinaryWriter().bytes(component.subarray(0, end));
  const sections = [
    [4, component],
    [5, args.finish()],
    [6, aliases.finish()],
    [11, exported.finish()],
  ] as const;
  for (const [id, content] of sections) written.byte(id).u32(content.length).bytes(content);
  return written.finish();
}
