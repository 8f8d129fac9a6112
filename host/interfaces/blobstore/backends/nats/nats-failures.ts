import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { ConnectionError, PermissionViolationError, TimeoutError } from '@nats-io/transport-node';
import type { NatsConnection } from '../../../keyvalue/backends/nats/nats-connection.ts';
import { BlobError, type BlobErrorCase, noSuchContainer } from '../backend.ts';

/** The server's codes for storage that is full. */
const full: readonly number[] = [10_023, 10_047, 10_077];

/** What a client's error means for the guest. @param container that something was asked of */
export function natsFailure(connection: NatsConnection, error: unknown, container?: string): BlobError {
  if (error instanceof BlobError) return error;
  if (container !== undefined && isApiError(error, JetStreamApiCodes.StreamNotFound))
    return noSuchContainer(container);
  const failed = connection.failed(error);
  return new BlobError(caseOf(error, failed.changed === 'nothing'), failed.message, {
    cause: error,
    guestMessage: failed.guestMessage,
  });
}

export function isApiError(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}

function caseOf(error: unknown, isAway: boolean): BlobErrorCase {
  if (error instanceof TimeoutError) return 'timeout';
  if (isAway || error instanceof ConnectionError) return 'store-unavailable';
  if (error instanceof PermissionViolationError) return 'access-denied';
  return error instanceof JetStreamApiError && full.includes(error.code) ? 'quota-exceeded' : 'other';
}
