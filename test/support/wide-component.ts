/** A component that imports so many interfaces, and does nothing. */
export function wideComponent(count: number): Uint8Array {
  const names = Array.from({ length: count }, (_, index) => `wide:component/import-${index}`);
  const imports = names.map((name) =>
    Buffer.concat([Buffer.from([0]), sized(Buffer.from(name)), Buffer.from([5, 0])]),
  );
  return Buffer.concat([
    Buffer.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]),
    // One type: an instance without exports.
    section(7, Buffer.from([1, 0x42, 0])),
    section(10, Buffer.concat([leb128(count), ...imports])),
  ]);
}

function section(id: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([id]), sized(content)]);
}

function sized(content: Uint8Array): Uint8Array {
  return Buffer.concat([leb128(content.length), content]);
}

function leb128(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
