import type { Interceptor, OwnEffects } from '../../../runtime/fault-injection/interceptor.ts';
import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import {
  type Bucket,
  type KeyPage,
  StoreError,
  type StoreErrorCase,
  storeErrorCases,
} from '../backends/backend.ts';
import type { Action, KeyvalueCall, KeyvalueInterceptor } from '../interceptor.ts';
import { keyvalueOperations } from '../operations.ts';
import { SmallPages } from './small-pages.ts';
import { StaleValues } from './stale-values.ts';
import { failedStepText, stepText } from './step-text.ts';

/** Faults and schedules between guests and stores, with the effects that only stores have: values of before and small pages. */
export class KeyvalueFaults implements KeyvalueInterceptor {
  readonly #interceptor: Interceptor;
  readonly #pages = new SmallPages();
  readonly #stale = new StaleValues();
  /** Whether a fault may ask for an older value. */
  #remembers = false;

  constructor(interceptor: Interceptor) {
    this.#interceptor = interceptor;
    interceptor.onFaults((effects) => {
      this.#remembers = effects.some(({ stale }) => stale === true);
      if (!this.#remembers) this.#stale.forget();
    });
  }

  get isActive(): boolean {
    return this.#interceptor.isActive;
  }

  make<T>(call: KeyvalueCall, action: Action<T>): Promise<T> {
    return this.#interceptor.make(
      {
        request: call.request,
        operation: keyvalueOperations.operations[call.op],
        target: call.bucket,
        items: call.keys,
        failure: (error, message) => new StoreError(caseOf(error), message),
        text: (result) => stepText(call, result),
        failedText: (reason) => failedStepText(call, reason),
      },
      (effects) => this.#take(call, effects, action),
    );
  }

  page(
    store: Bucket,
    cursor: string | undefined,
    pageSize: number | undefined,
    prefix?: string,
  ): MaybePromise<KeyPage> {
    return this.#pages.page(store, cursor, pageSize, prefix);
  }

  async #take<T>(call: KeyvalueCall, effects: readonly OwnEffects[], action: Action<T>): Promise<T> {
    const isStale = effects.some(({ stale }) => stale === true) && this.#stale.has(call);
    if (this.#remembers) await this.#stale.remember(call);
    // What a read answers that `stale` may happen to: a value, or whether there is one.
    return isStale ? (this.#stale.read(call) as T) : await action(pageSizeIn(effects));
  }
}

/** The smallest one that a fault asks for; undefined where none does. */
function pageSizeIn(effects: readonly OwnEffects[]): number | undefined {
  const sizes = effects.flatMap(({ pageSize }) => (typeof pageSize === 'number' ? pageSize : []));
  return sizes.length === 0 ? undefined : Math.min(...sizes);
}

function caseOf(error: string | undefined): StoreErrorCase {
  return storeErrorCases.find((one) => one === error) ?? 'other';
}
