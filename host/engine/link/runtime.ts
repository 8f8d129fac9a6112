import { trap } from '../guest-trap.ts';

const bits = new DataView(new ArrayBuffer(8));

/** What the compiled functions call besides memory and handles. */
export const runtime = {
  /**
   * What a function of the host threw, as the error of its result: the payload, where it is wrapped in one, as jco
   * takes it. An error is no answer: it is a fault of the host, and goes on.
   */
  payloadOf(thrown: unknown): unknown {
    if (typeof thrown === 'object' && thrown !== null && Object.hasOwn(thrown, 'payload'))
      return (thrown as { payload: unknown }).payload;
    if (thrown instanceof Error) throw thrown;
    return thrown;
  },

  char(code: number): string {
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) trap(`${code} is no character`);
    return String.fromCodePoint(code);
  },

  unknownCase(discriminant: number): never {
    trap(`a variant has no case ${discriminant}`);
  },

  /** The host answered with a case that the component does not know: a newer one, or a fault of ours. */
  noCase(value: unknown): never {
    const name = typeof value === 'object' && value !== null && 'tag' in value ? value.tag : value;
    throw new TypeError(`the component's type has no case ${String(name)}`);
  },

  floatOfBits(value: number): number {
    bits.setInt32(0, value);
    return bits.getFloat32(0);
  },

  doubleOfBits(value: bigint): number {
    bits.setBigInt64(0, value);
    return bits.getFloat64(0);
  },
};
