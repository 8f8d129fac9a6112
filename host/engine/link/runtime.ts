import { Cancellable } from '../async/cancellable.ts';
import { trap } from '../guest-trap.ts';
import { CallScope } from './call-scope.ts';

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

  /** What is lent for a call. */
  CallScope,

  cannotLeave(): never {
    trap('a component calls out while its memory is prepared or given back');
  },

  cannotEnter(): never {
    trap('a component is called that has not returned from a call');
  },

  /** Whether the host needs time. */
  isPending(value: unknown): boolean {
    return value instanceof Promise || value instanceof Cancellable;
  },

  promiseOf(value: unknown): unknown {
    return value instanceof Cancellable ? value.promise : value;
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

  bitsOfFloat(value: number): number {
    bits.setFloat32(0, value);
    return bits.getInt32(0);
  },

  bitsOfDouble(value: number): bigint {
    bits.setFloat64(0, value);
    return bits.getBigInt64(0);
  },

  doubleOfBits(value: bigint): number {
    bits.setBigInt64(0, value);
    return bits.getFloat64(0);
  },
};
