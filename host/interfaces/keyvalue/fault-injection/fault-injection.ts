import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import type { Bucket, KeyPage } from '../backends/backend.ts';
import type { Action, Call, Interceptor } from '../interceptor.ts';
import { Faults } from './injected-faults.ts';
import type { Schedule, Step } from './schedule.ts';
import { ScheduledRun } from './scheduled-run.ts';
import { SmallPages } from './small-pages.ts';
import { failedStepText, stepText } from './step-text.ts';

/** What a test puts between guests and stores: first the order of a schedule, then the faults. */
export class Interception implements Interceptor {
  readonly faults: Faults;
  readonly #pages = new SmallPages();
  readonly #onStep: (step: Step) => void;
  #run: ScheduledRun | undefined;

  /** @param tell the host says it to whoever runs the test */
  constructor(onStep: (step: Step) => void, tell: (text: string) => void) {
    this.#onStep = onStep;
    this.faults = new Faults(tell);
  }

  get isActive(): boolean {
    return this.#run !== undefined || this.faults.areThere;
  }

  /** Operations of the next requests are made in this order; undefined: as they come. */
  follow(schedule: Schedule | undefined): void {
    this.#run?.abandon();
    this.#run = schedule === undefined ? undefined : new ScheduledRun(schedule, this.#onStep);
  }

  began(request: number): void {
    this.#run?.began(request);
  }

  ended(request: number): void {
    this.#run?.ended(request);
  }

  async make<T>(call: Call, action: Action<T>): Promise<T> {
    const run = this.#run;
    if (run === undefined) return await this.faults.make(call, action);
    await run.wait(call);
    try {
      const result = await this.faults.make(call, action);
      run.made(call.request, () => stepText(call, result));
      return result;
    } catch (error) {
      run.made(call.request, () => failedStepText(call, error));
      throw error;
    }
  }

  page(store: Bucket, cursor: string | undefined, pageSize: number | undefined): MaybePromise<KeyPage> {
    return this.#pages.page(store, cursor, pageSize);
  }
}
