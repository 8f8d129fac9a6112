import { typeOf } from '../../settings/shown-value.ts';

/** The error of its type that a function has thrown. It is not the host's: the guest gets the payload. */
export class ThrownPayload extends Error {
  override readonly name = 'ThrownPayload';
  readonly payload: unknown;

  constructor(payload: unknown) {
    super(payloadText(payload));
    this.payload = payload;
  }
}

/** An error of a function as its record has it: `declined: no money`, or the case alone. */
function payloadText(payload: unknown): string {
  if (typeof payload === 'string') return payload;
  if (typeof payload !== 'object' || payload === null) return String(payload);
  if (!('tag' in payload)) return typeOf(payload) ?? '';
  const val = 'val' in payload ? payload.val : undefined;
  return typeof val === 'string' ? `${payload.tag}: ${val}` : String(payload.tag);
}
