import { type Trap, whyTrapped } from '../../runtime/outcome.ts';
import type { PackedTrace } from '../../runtime/trace/packed-trace.ts';
import type { Disposition } from './messages.ts';

/** What became of a message that a component was given; one for each, when its handler has ended. */
export interface DeliveryReport {
  /** Counts the requests and deliveries of a host from 1, in the order in which they came. */
  readonly request: number;
  readonly component: string;
  readonly subject: string;
  readonly replyTo: string | undefined;
  /** Of the body, in bytes. */
  readonly size: number;
  /** How long it waited until the component was given it, in milliseconds. */
  readonly waited: number;
  /** From then to the end of the handler. */
  readonly milliseconds: number;
  readonly operations: PackedTrace;
  /** Why the component stopped in the middle. */
  readonly trap: Trap | undefined;
  /** What the handler answered in place of ok. */
  readonly disposition: Disposition | undefined;
  /** Why the host ended it, or did not give it to the component. */
  readonly failure: string | undefined;
}

/** Why a message was not handled; undefined where it was. */
export function whyNotHandled({
  trap,
  disposition,
  failure,
}: Pick<DeliveryReport, 'trap' | 'disposition' | 'failure'>): string | undefined {
  if (trap !== undefined) return whyTrapped(trap);
  if (failure !== undefined) return failure;
  if (disposition === undefined) return undefined;
  const { case: name, text } = disposition;
  return name === 'other'
    ? `the component answered with an error: ${text}`
    : `the component answered ${name}`;
}
