/** What a client asked of one key. */
export type Call =
  | { readonly op: 'get' }
  | { readonly op: 'set'; readonly value: string }
  | { readonly op: 'delete' }
  | { readonly op: 'increment'; readonly delta: number }
  /** The read of a compare-and-swap. */
  | { readonly op: 'look' }
  | { readonly op: 'swap'; readonly value: string /** The id of its look. */; readonly look: string };

/** What it was told: a value or `null` for none, the sum of an increment, whether a swap was made. */
export type Answer = string | boolean | null;

/** One operation as the client saw it. Everything in it survives JSON. */
export interface Operation {
  /** Unlike any other of the history. */
  readonly id: string;
  readonly key: string;
  readonly call: Call;
  /** Nanoseconds of a clock that all clients share. */
  readonly begun: number;
  /** When it was told; absent where it was told of a failure, so that the operation took effect or not. */
  readonly ended?: number;
  readonly answer?: Answer;
  /** Why it failed. */
  readonly failure?: string;
}

/** `swap "7" → true` */
export function operationText({ call, ended, answer, failure }: Operation): string {
  const given =
    call.op === 'set' || call.op === 'swap'
      ? ` ${JSON.stringify(call.value)}`
      : call.op === 'increment'
        ? ` by ${call.delta}`
        : '';
  const told = failure !== undefined ? 'not known' : ended === undefined ? 'under way' : answerText(answer);
  return `${call.op}${given}${told === '' ? '' : ` → ${told}`}`;
}

function answerText(answer: Answer | undefined): string {
  if (answer === undefined) return '';
  return answer === null ? 'no value' : typeof answer === 'string' ? JSON.stringify(answer) : String(answer);
}
