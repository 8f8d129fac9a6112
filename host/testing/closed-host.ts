import { HostError } from '../shared/host-error.ts';

/** What a host answers after `close()`. @param cause why what was under way then has failed */
export function hostIsClosed(cause?: unknown): HostError {
  return new HostError(
    'usage',
    'the host is closed. Start another one with startHost, or close it later.',
    cause === undefined ? {} : { cause },
  );
}
