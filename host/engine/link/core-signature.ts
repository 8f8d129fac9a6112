import { type CoreType, layoutOf, maxFlatAsyncParams, maxFlatParams, maxFlatResults } from '../abi/layout.ts';
import type { FunctionType, WitType } from '../decode/wit-type.ts';
import type { CanonicalOptions } from './link-plan.ts';
import type { Signature } from './module-writer.ts';

/** How a function of the component level looks as one of core wasm. */
export interface CoreForm extends Signature {
  /** Its parameters lie in memory, where the only one points. */
  readonly hasSpilledParams: boolean;
  /** Its result lies in memory: where the last parameter points, or where the result does. */
  readonly hasSpilledResult: boolean;
}

/** The parameters of a function as one type. */
export function paramsOf({ params }: FunctionType): Extract<WitType, { kind: 'tuple' }> {
  return { kind: 'tuple', of: params.map(({ type }) => type) };
}

/** The form of a function that core wasm imports. Throws `UnsupportedType`. */
export function loweredForm(type: FunctionType): CoreForm {
  const form = flatForm(type);
  if (!form.hasSpilledResult) return form;
  return { ...form, params: [...form.params, 'i32'], results: [] };
}

/** The form of a function of core wasm that is lifted. Throws `UnsupportedType`. */
export function liftedForm(type: FunctionType): CoreForm {
  const form = flatForm(type);
  return form.hasSpilledResult ? { ...form, results: ['i32'] } : form;
}

/** The type of what is called after a function that is lifted, to give back its result's memory. */
export function postReturnForm(type: FunctionType): Signature {
  return { params: liftedForm(type).results, results: [] };
}

/** The form of a function that core wasm imports to call it asynchronously. Throws `UnsupportedType`. */
export function asyncLoweredForm(type: FunctionType): CoreForm {
  const flat = layoutOf(paramsOf(type)).flat;
  const hasSpilledParams = flat.length > maxFlatAsyncParams;
  const hasSpilledResult = type.result !== undefined && layoutOf(type.result).flat.length > 0;
  const params: readonly CoreType[] = hasSpilledParams ? ['i32'] : flat;
  return {
    params: hasSpilledResult ? [...params, 'i32'] : params,
    results: ['i32'],
    hasSpilledParams,
    hasSpilledResult,
  };
}

/** The form of a function of core wasm as its component lifts it. Throws `UnsupportedType`. */
export function calleeForm(type: FunctionType, { isAsync, callback }: CanonicalOptions): CoreForm {
  const form = liftedForm(type);
  if (isAsync !== true) return form;
  return { ...form, results: callback === undefined ? [] : ['i32'] };
}

function flatForm(type: FunctionType): CoreForm {
  const flat = layoutOf(paramsOf(type)).flat;
  const hasSpilledParams = flat.length > maxFlatParams;
  const params: readonly CoreType[] = hasSpilledParams ? ['i32'] : flat;
  const results = type.result === undefined ? [] : layoutOf(type.result).flat;
  return { params, results, hasSpilledParams, hasSpilledResult: results.length > maxFlatResults };
}
