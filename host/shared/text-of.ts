const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** JSON escapes these with six characters; such bytes are shorter as base64. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** Bytes as text, or undefined where they are none. */
export function textOf(value: Uint8Array): string | undefined {
  try {
    const text = utf8.decode(value);
    return control.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
