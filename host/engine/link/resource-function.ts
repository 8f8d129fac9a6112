import { trap } from '../guest-trap.ts';
import type { ComponentState } from './component-state.ts';
import { instructions, ModuleWriter, sequence } from './module-writer.ts';

let compiled: WebAssembly.Module | undefined;

/** `resource.new`: a handle for what the component has made. */
export function newResource(kind: number, state: ComponentState): WebAssembly.CoreFunction {
  return (representation: number) => {
    mustLeave(state);
    return state.handles.own(kind, representation);
  };
}

/** `resource.rep`: what the component has made, of a handle. */
export function resourceRepresentation(kind: number, state: ComponentState): WebAssembly.CoreFunction {
  return (handle: number) => state.handles.borrow(kind, handle) as number;
}

/** `resource.drop` of a resource that a component defines and that has no destructor. */
export function dropPlain(kind: number, state: ComponentState): WebAssembly.CoreFunction {
  return (handle: number) => {
    mustLeave(state);
    state.handles.dropOwned(kind, handle);
  };
}

/**
 * `resource.drop` of a resource that has a destructor. A destructor may wait for the host, so no frame of the host may be on the
 * stack while it runs:
 *
 *     (func (export "drop") (param i32)
 *       (if (call $take (local.get 0)) (then (call $destructor (call $representation)) (call $dropped))))
 *
 * @param entered the component instances that a call of the destructor enters
 */
export function dropWithDestructor(
  kind: number,
  state: ComponentState,
  destructor: WebAssembly.CoreFunction,
  entered: readonly ComponentState[],
): WebAssembly.CoreFunction {
  compiled ??= new WebAssembly.Module(writeDrop());
  let taken = 0;
  const { exports } = new WebAssembly.Instance(compiled, {
    h: {
      take(handle: number): number {
        mustLeave(state);
        const representation = state.handles.dropOwned(kind, handle);
        if (representation === undefined) return 0;
        for (const one of entered)
          if (one.isEntered) trap('a destructor is called of a component that has not returned from a call');
        for (const one of entered) one.isEntered = true;
        taken = representation as number;
        return 1;
      },
      representation: () => taken,
      destructor,
      dropped() {
        for (const one of entered) one.isEntered = false;
      },
    },
  });
  return exports.drop as WebAssembly.CoreFunction;
}

function writeDrop(): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter();
  const { call, get, if: when, end } = instructions;
  const take = module.importFunction('h', 'take', { params: ['i32'], results: ['i32'] });
  const representation = module.importFunction('h', 'representation', { params: [], results: ['i32'] });
  const destructor = module.importFunction('h', 'destructor', { params: ['i32'], results: [] });
  const dropped = module.importFunction('h', 'dropped', { params: [], results: [] });
  const code = sequence(get(0), call(take), when, call(representation), call(destructor), call(dropped), end);
  module.exportFunction('drop', { params: ['i32'], results: [] }, [], code);
  return module.finish();
}

function mustLeave({ mayLeave }: ComponentState): void {
  if (!mayLeave) trap('a component calls out while its memory is prepared or given back');
}
