import { AsyncState } from '../async/async-state.ts';
import { Handles } from './handles.ts';

/** What one instance of a component has besides its core instances. */
export class ComponentState {
  /** Of a component that uses the asynchronous ABI. */
  readonly async: AsyncState | undefined;
  readonly handles = new Handles();
  /** It may call out: not while its memory is prepared for a call, or given back after one. */
  mayLeave = true;
  /** A call of it has not returned. */
  isEntered = false;

  constructor(isAsync = false) {
    this.async = isAsync ? new AsyncState(this) : undefined;
  }
}
