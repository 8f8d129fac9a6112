import type { Flat } from '../abi/flat.ts';
import { layoutOf } from '../abi/layout.ts';
import { Lift } from '../abi/lift.ts';
import { Lower } from '../abi/lower.ts';
import type { Side } from '../abi/side.ts';
import type { Source } from '../abi/source.ts';
import type { FunctionType } from '../decode/wit-type.ts';
import { liftedForm, paramsOf } from './core-signature.ts';

/** Writes code that lowers the arguments of a function that a guest exports; answers an expression for each flat one. */
export function writeArguments(
  type: FunctionType,
  values: readonly string[],
  side: Side,
  source: Source,
): string[] {
  const lower = new Lower(source, side);
  if (!liftedForm(type).hasSpilledParams)
    return type.params.flatMap((param, index) => lower.flats(param.type, values[index] ?? 'undefined'));
  const tuple = paramsOf(type);
  const { size, align } = layoutOf(tuple);
  const pointer = source.constant(`${side.memory}.allocate(${size}, ${align})`);
  lower.memory(tuple, source.constant(`[${values.join(', ')}]`), pointer, 0);
  return [pointer];
}

/** Writes code that lifts the result of a function that a guest exports; answers an expression for it. */
export function writeResult(
  { result, ...rest }: FunctionType,
  flat: string,
  side: Side,
  source: Source,
): string | undefined {
  if (result === undefined) return undefined;
  const lift = new Lift(source, side);
  const { hasSpilledResult, results } = liftedForm({ result, ...rest });
  if (!hasSpilledResult) {
    const flats: Flat[] = results.map((core) => ({ expression: flat, core }));
    return lift.flat(result, flats);
  }
  const { size, align } = layoutOf(result);
  const pointer = source.constant(`${side.memory}.range(${flat}, ${size}, ${align})`);
  return lift.memory(result, pointer, 0);
}
