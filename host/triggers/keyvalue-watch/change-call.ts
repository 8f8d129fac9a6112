import type { Output } from '../../runtime/outcome.ts';
import { noTrace } from '../../runtime/trace/packed-trace.ts';
import { BoundedCall, type CallEnd } from '../../runtime/worker-pool/bounded-call.ts';
import type { ChangeReport } from './change-report.ts';
import type { DeliveredChange } from './messages.ts';
import { watchTrigger } from './trigger.ts';

/** A change that one component is told of. */
export class ChangeCall extends BoundedCall<DeliveredChange, Output> {
  readonly trigger = watchTrigger;
  protected readonly call: DeliveredChange;
  protected readonly subject = 'the change';
  readonly #ended: (report: ChangeReport) => void;

  /**
   * @param number counts the calls of a host from 1
   * @param ended called once
   */
  constructor(number: number, change: DeliveredChange, ended: (report: ChangeReport) => void) {
    super(number);
    this.call = change;
    this.#ended = ended;
  }

  protected ended({ outcome, failure }: CallEnd<Output>): void {
    const { component, bucket, key, value } = this.call;
    this.#ended({
      ...{ request: this.number, component, bucket, key, failure },
      change: value === undefined ? 'delete' : 'set',
      size: value?.length ?? 0,
      milliseconds: this.age,
      operations: outcome?.operations ?? noTrace,
      trap: outcome?.trap,
    });
  }
}
