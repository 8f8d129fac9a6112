import { HostError } from '../shared/host-error.ts';

/** What a host answers after `close()`. @param cause why an in-flight call has failed */
export function hostIsClosed(cause?: unknown): HostError {
  return new HostError(
    'usage',
    'the host is closed. Start another one, or close it later.',
    cause === undefined ? {} : { cause },
  );
}
