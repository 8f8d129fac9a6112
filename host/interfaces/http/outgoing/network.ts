import type { Clock } from '../../../shared/clock.ts';
import type { AllowedHosts } from './allowed-hosts.ts';
import { connect } from './connect.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { ConnectionSlots } from './connection-slots.ts';
import type { Answering, Connection, Flow, Outbound, Way } from './outbound.ts';
import type { Trust } from './trust.ts';

/** Methods that may be sent twice (RFC 9110, 9.2.2). */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Sends requests to servers. */
export class Network implements Way {
  readonly #pool: ConnectionPool;

  /** @param longestWait see `ConnectionPool` */
  constructor(
    allowed: AllowedHosts,
    trust: Trust,
    slots: ConnectionSlots,
    clock: Clock,
    longestWait: bigint,
  ) {
    const options = { allowed, trusted: () => trust.context };
    this.#pool = new ConnectionPool(
      (destination, isH2c, done) => connect(destination, options, isH2c, done),
      slots,
      clock,
      longestWait,
    );
  }

  send(outbound: Outbound, answering: Answering): () => void {
    let giveUp = (): void => {};
    const attempt = (isLast: boolean): void => {
      giveUp = this.#pool.acquire(outbound.destination, isH2c(outbound), (error, connection) => {
        if (connection === undefined) answering.fail(error);
        else if (isLast || !mayRetry(outbound, connection)) connection.send(outbound, answering);
        else
          connection.send(
            outbound,
            withRetry(answering, () => attempt(true)),
          );
      });
    };
    attempt(false);
    return () => giveUp();
  }
}

/** gRPC is HTTP/2, also without TLS. Source: wash does the same. */
function isH2c({ destination, headers }: Outbound): boolean {
  if (destination.scheme !== 'http') return false;
  const index = headers.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === 'content-type');
  return index >= 0 && (headers[index + 1] ?? '').startsWith('application/grpc');
}

/** A server may have closed a connection that was idle before it sees the request. */
function mayRetry({ method, body }: Outbound, { isUsed }: Connection): boolean {
  return isUsed && body === undefined && idempotent.has(method);
}

function withRetry(answering: Answering, retry: () => void): Answering {
  let isBegun = false;
  let isAborted = false;
  return {
    sent: (flow: Flow) =>
      answering.sent({
        pause: () => flow.pause(),
        resume: () => flow.resume(),
        abort() {
          isAborted = true;
          flow.abort();
        },
      }),
    head(status, headers) {
      isBegun = true;
      answering.head(status, headers);
    },
    data: (bytes) => answering.data(bytes),
    end: (trailers) => answering.end(trailers),
    fail(thrown) {
      if (isBegun || isAborted) answering.fail(thrown);
      else retry();
    },
  };
}
