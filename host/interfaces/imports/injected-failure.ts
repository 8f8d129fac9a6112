import type { FunctionType, WitType } from '../../engine/decode/wit-type.ts';
import { ModuleFault } from './module-fault.ts';
import { ThrownPayload } from './thrown-payload.ts';

/**
 * What a guest gets in place of an answer where a test wants that: the error of the function's type, as far as a case and a text make
 * one; else it traps.
 *
 * @param name of the function, for messages
 * @param error a case of the type; undefined: one that has a text, or any
 */
export function injectedFailure(
  { result }: FunctionType,
  name: string,
  error: string | undefined,
  message: string,
): Error {
  const payload = result?.kind === 'result' ? payloadFor(result.err, error, message) : undefined;
  if (payload !== undefined) return new ThrownPayload(payload.value);
  const why =
    error === undefined
      ? message
      : `its type has no error ${JSON.stringify(error)} that could be made of a text`;
  return new ModuleFault(`${name} failed: ${why} (a fault of the test)`);
}

function payloadFor(
  type: WitType | undefined,
  error: string | undefined,
  message: string,
): { readonly value: unknown } | undefined {
  if (type === undefined) return { value: undefined };
  switch (type.kind) {
    case 'string':
      return { value: error ?? message };
    case 'enum': {
      const value = error === undefined ? type.names[0] : type.names.find((name) => name === error);
      return value === undefined ? undefined : { value };
    }
    case 'variant': {
      const isPlain = (of: WitType | undefined): boolean => of === undefined || of.kind === 'string';
      const found =
        error === undefined
          ? (type.cases.find((one) => one.type?.kind === 'string') ??
            type.cases.find((one) => isPlain(one.type)))
          : type.cases.find(({ name }) => name === error);
      if (found === undefined || !isPlain(found.type)) return undefined;
      return { value: found.type === undefined ? { tag: found.name } : { tag: found.name, val: message } };
    }
    default:
      return undefined;
  }
}
