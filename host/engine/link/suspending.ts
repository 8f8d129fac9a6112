import { instructions, ModuleWriter, type Signature, sequence } from './module-writer.ts';
import { type Scratch, scratch, slotOf } from './scratch.ts';

const modules = new Map<string, WebAssembly.Module>();

/**
 * A function that may answer a promise, as core wasm sees it: its stack waits where there is one, and only there. V8 suspends a guest
 * at each call of a suspending import, also when it answers at once; so the host's function is a plain import, which leaves an
 * answer that is there in scratch memory:
 *
 *     (func (export "call") (param …) (result …)
 *       (if (call $attempt (local.get 0) …) (then (return (call $wait))))
 *       (i32.load …))
 */
export function suspending(made: WebAssembly.CoreFunction, type: Signature): WebAssembly.CoreFunction {
  const key = `${type.params} ${type.results}`;
  let module = modules.get(key);
  if (module === undefined) {
    module = new WebAssembly.Module(writeModule(type));
    modules.set(key, module);
  }
  const { memory, ...views } = scratch();
  let pending: unknown;
  const put = putInto(views, type);
  const { exports } = new WebAssembly.Instance(module, {
    host: {
      attempt(...args: (number | bigint)[]): number {
        const answer: unknown = made(...args);
        if (answer instanceof Promise) {
          pending = answer;
          return 1;
        }
        put(answer);
        return 0;
      },
      wait: new WebAssembly.Suspending(() => pending),
      memory,
    },
  });
  return exports.call as WebAssembly.CoreFunction;
}

function putInto(views: Omit<Scratch, 'memory'>, { results: [core] }: Signature): (value: unknown) => void {
  if (core === undefined) return () => {};
  const view = views[core] as { [index: number]: unknown };
  const index = slotOf(core, 0);
  return (value) => {
    view[index] = value;
  };
}

function writeModule({ params, results }: Signature): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter();
  const { call, get, load, if: when, leave, end } = instructions;
  const attempt = module.importFunction('host', 'attempt', { params, results: ['i32'] });
  const wait = module.importFunction('host', 'wait', { params: [], results });
  module.importMemory('host', 'memory');
  const code = sequence(
    ...params.map((_, index) => get(index)),
    call(attempt),
    when,
    call(wait),
    leave,
    end,
    ...results.map((core) => load(core, 0)),
  );
  module.exportFunction('call', { params, results }, [], code);
  return module.finish();
}
