import type { CoreType } from '../abi/layout.ts';
import { instructions, ModuleWriter, sequence } from './module-writer.ts';

/** The names by which the module imports and exports; `attempt` and `call` are followed by the function's number. */
export const waitingNames = { module: 'host', attempt: 'attempt', wait: 'wait', call: 'call' } as const;

/**
 * A core module with a function for each given list of parameters:
 *
 *     (func (export "call0") (param …) (if (call $attempt0 (local.get 0) …) (then (call $wait))))
 *
 * V8 suspends a guest at each call of a suspending import, also when it answers at once. Here the host's function is a
 * plain import, which says whether there is something to wait for; only then is the suspending `wait` called.
 */
export function writeWaitingModule(functions: readonly (readonly CoreType[])[]): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter();
  const { call, get, if: when, end } = instructions;
  const attempts = functions.map((params, index) =>
    module.importFunction(waitingNames.module, `${waitingNames.attempt}${index}`, {
      params,
      results: ['i32'],
    }),
  );
  const wait = module.importFunction(waitingNames.module, waitingNames.wait, { params: [], results: [] });
  for (const [index, params] of functions.entries()) {
    const code = sequence(
      ...params.map((_, param) => get(param)),
      call(attempts[index] ?? 0),
      when,
      call(wait),
      end,
    );
    module.exportFunction(`${waitingNames.call}${index}`, { params, results: [] }, [], code);
  }
  return module.finish();
}
