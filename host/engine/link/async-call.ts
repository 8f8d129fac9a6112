import type { GuestMemory } from '../abi/guest-memory.ts';
import { maxFlatAsyncParams, maxFlatParams } from '../abi/layout.ts';
import { Lift } from '../abi/lift.ts';
import type { ResourceKinds } from '../abi/resource-kinds.ts';
import type { Side } from '../abi/side.ts';
import { Source } from '../abi/source.ts';
import type { AsyncTable, AsyncType } from '../async/async-table.ts';
import { waitOnStack } from '../async/stacks.ts';
import { Subtask, subtaskStates } from '../async/subtask.ts';
import { hasBorrow } from './call-function.ts';
import { CallScope } from './call-scope.ts';
import type { ComponentState } from './component-state.ts';
import { asyncLoweredForm, type CoreForm, loweredForm } from './core-signature.ts';
import { type CalleeParts, GuestCallee, stateOf } from './guest-callee.ts';
import type { Handles } from './handles.ts';
import { writeAnswer, writeParameters } from './import-function.ts';
import type { LiftedFunction, LinkPlan, LoweredFunction } from './link-plan.ts';
import { runtime } from './runtime.ts';
import { suspending } from './suspending.ts';

/** What of an instance an asynchronous call between its guests uses. */
export interface AsyncCallParts {
  readonly caller: { readonly state: ComponentState; readonly memory: GuestMemory | undefined };
  readonly callee: CalleeParts;
  /** The component instances that are entered by the call. */
  readonly entered: readonly ComponentState[];
}

/** The values of a call, as they pass out of the guest that calls and into it. */
interface Passing {
  /** Lifts the arguments. */
  lift(flats: readonly (number | bigint)[], scope: CallScope): unknown[];
  /** Lowers the result: to the flat value that it answers, or to the memory that the last of the flat arguments points to. */
  finish(value: unknown, flats: readonly (number | bigint)[]): number | bigint | undefined;
}

type MakePassing = (
  memory: GuestMemory | undefined,
  handles: Handles,
  table: AsyncTable,
  types: readonly AsyncType[],
  helpers: typeof runtime,
) => Passing;

/**
 * What stands between two guests, of which one calls an asynchronous function of the other, in whichever way either of them wants it:
 * the callee is a task with a stack of its own. A guest that calls synchronously waits on its stack where the task does not end
 * at once; one that calls asynchronously goes on, with a subtask. Source: `CanonicalABI.md`, `canon lower`.
 */
export class AsyncCall {
  readonly form: CoreForm;
  readonly #isAsync: boolean;
  readonly #callee: GuestCallee;
  readonly #make: MakePassing;

  /** Throws `UnsupportedType`. */
  constructor(
    { function: lifted, options }: LoweredFunction<LiftedFunction>,
    resources: LinkPlan['resources'],
    kinds: ResourceKinds,
  ) {
    const { type } = lifted;
    this.#isAsync = options.isAsync === true;
    this.form = this.#isAsync ? asyncLoweredForm(type) : loweredForm(type);
    const lends = type.params.some((param) => hasBorrow(param.type));
    this.#callee = new GuestCallee(lifted, resources, kinds, { by: 'guest', lends });
    const side: Side = {
      memory: 'm',
      handles: 'h',
      table: 'a',
      encoding: options.encoding,
      kinds,
      ...(lends ? { scope: 's' } : {}),
    };
    const text = writePassing(lifted, this.form, side, this.#isAsync);
    this.#make = new Function('m', 'h', 'a', 't', 'r', text) as MakePassing;
  }

  instantiate({ caller, callee, entered }: AsyncCallParts): WebAssembly.CoreFunction {
    const { state } = caller;
    const { table, tasks } = stateOf(state);
    const call = this.#callee.instantiate(callee);
    const passing = this.#make(caller.memory, state.handles, table, callee.types, runtime);
    const isAsync = this.#isAsync;
    const made = (...flats: (number | bigint)[]): unknown => {
      if (!state.mayLeave) runtime.cannotLeave();
      if (entered.some(({ isEntered }) => isEntered)) runtime.cannotEnter();
      callee.state.calls += 1;
      const scope = new CallScope(state.handles);
      const subtask = new Subtask(() => scope.giveBack());
      let result: number | bigint | undefined;
      let end: { readonly thrown: unknown } | undefined;
      const task = call(
        () => {
          subtask.started();
          return passing.lift(flats, scope);
        },
        {
          origin: tasks.schedule.origin,
          returned(value) {
            result = passing.finish(value, flats);
            subtask.resolve(subtaskStates.returned);
          },
          cancelled: () =>
            subtask.resolve(
              subtask.state === subtaskStates.started
                ? subtaskStates.cancelledBeforeReturned
                : subtaskStates.cancelledBeforeStarted,
            ),
          ended: () => {},
          failed(thrown) {
            end = { thrown };
            stateOf(state).fail(thrown);
          },
        },
        { entered, scope },
      );
      // The program has ended before the callee's code began: the caller ends with the same reason.
      if (end !== undefined) throw end.thrown;
      subtask.onCancel = () => task.requestCancellation(entered);
      const goOn = (): unknown => {
        if (isAsync) {
          if (!subtask.isResolved) return (subtask.state | (table.addSubtask(subtask) << 4)) >>> 0;
          subtask.deliver();
          return subtaskStates.returned;
        }
        const finish = (): unknown => {
          subtask.deliver();
          return result;
        };
        return subtask.isResolved ? finish() : waitOnStack(tasks, subtask.end).then(finish);
      };
      const held = tasks.schedule.settled(task);
      return held === undefined ? goOn() : held.then(goOn);
    };
    return suspending(made, this.form);
  }
}

function writePassing({ type }: LiftedFunction, form: CoreForm, side: Side, isAsync: boolean): string {
  const body = new Source();
  const { names, values } = writeParameters(
    type.params.map((param) => param.type),
    new Lift(body, side),
    body,
    isAsync ? maxFlatAsyncParams : maxFlatParams,
  );
  const { result } = type;
  const refresh = 'if (m !== undefined) m.refresh();';
  const finish = result === undefined ? '' : writeAnswer('finish', result, 'w', form.hasSpilledResult, side);
  const call =
    result === undefined ? '' : `${refresh} return finish(w${form.hasSpilledResult ? ', p.at(-1)' : ''});`;
  return [
    "'use strict';",
    finish,
    `return { lift(p, s) { ${refresh}`,
    `const [${names.join(', ')}] = p;`,
    body,
    `return [${values.join(', ')}];`,
    `}, finish(w, p) { ${call} } };`,
  ].join('\n');
}
