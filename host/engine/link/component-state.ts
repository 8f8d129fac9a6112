import { AsyncState } from '../async/async-state.ts';
import type { Schedule } from '../async/schedule.ts';
import { Handles } from './handles.ts';

/** What one instance of a component has besides its core instances. */
export class ComponentState {
  /** Of a component that uses the asynchronous ABI. */
  readonly async: AsyncState | undefined;
  readonly handles = new Handles();
  /** It may call out: not while its memory is prepared for a call, or given back after one. */
  mayLeave = true;
  /** How often its exports were called since that was last counted. */
  calls = 0;
  /** A call of it has not returned. */
  isEntered = false;
  readonly #parent: ComponentState | undefined;

  /** @param schedule of all instances of a program that uses the asynchronous ABI */
  constructor(schedule?: Schedule, parent?: ComponentState) {
    this.#parent = parent;
    this.async = schedule === undefined ? undefined : new AsyncState(this, schedule, this.#around());
  }

  #around(): ComponentState[] {
    return this.#parent === undefined ? [] : [this.#parent, ...this.#parent.#around()];
  }
}
