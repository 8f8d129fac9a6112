import { InjectedFaults } from './injected-faults.ts';
import type { Action, Call, Interceptor, OwnEffects } from './interceptor.ts';
import type { Schedule, Step } from './schedule.ts';
import { ScheduledRun } from './scheduled-run.ts';

/** What a test puts between guests and what they do through the host: first the order of a schedule, then the faults. */
export class FaultInjection implements Interceptor {
  readonly faults: InjectedFaults;
  readonly #onStep: (step: Step) => void;
  #run: ScheduledRun | undefined;

  /** @param tell the host says it to whoever runs the test */
  constructor(onStep: (step: Step) => void, tell: (text: string) => void) {
    this.#onStep = onStep;
    this.faults = new InjectedFaults(tell);
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

  onFaults(listener: (effects: readonly OwnEffects[]) => void): void {
    this.faults.onFaults(listener);
  }

  async make<T>(call: Call, action: Action<T>): Promise<T> {
    const run = this.#run;
    if (run === undefined) return await this.faults.make(call, action);
    await run.wait(call);
    try {
      const result = await this.faults.make(call, action);
      run.made(call.request, () => call.text(result));
      return result;
    } catch (error) {
      run.made(call.request, () => call.failedText(error));
      throw error;
    }
  }
}
