import type { Propagated } from '../../runtime/trace/span-context.ts';

/** What a request's headers say of the trace that it belongs to. @param headers names and values in turn */
export function propagatedIn(headers: readonly string[]): Propagated {
  let traceparent: string | undefined;
  let states = '';
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase();
    const value = headers[index + 1];
    // Which of two is meant nobody knows.
    if (name === 'traceparent') traceparent = traceparent === undefined ? value : '';
    else if (name === 'tracestate' && value !== undefined) states += states === '' ? value : `,${value}`;
  }
  return { traceparent, tracestate: states === '' ? undefined : states };
}
