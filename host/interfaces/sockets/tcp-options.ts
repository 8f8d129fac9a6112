import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from './error-code.ts';

const second = 1_000_000_000n;
/** What a buffer may be said to have, in bytes. */
const largestBuffer = 64n * 1024n * 1024n;

/**
 * The options of a TCP socket. Node has settings for keep-alive only; the others are remembered and change nothing, as the WIT allows
 * for hints.
 */
export class TcpOptions {
  keepAliveEnabled = false;
  /** Nanoseconds, as all durations of WASI. */
  keepAliveIdleTime = 7200n * second;
  keepAliveInterval = 75n * second;
  keepAliveCount = 9;
  hopLimit = 64;
  receiveBufferSize = 65_536n;
  sendBufferSize = 65_536n;
  backlog = 128;

  /** What an accepted connection has of its listener. */
  inherited(): TcpOptions {
    return Object.assign(new TcpOptions(), this);
  }

  setKeepAliveIdleTime(value: bigint): void {
    this.keepAliveIdleTime = wholeSeconds(atLeastOne(value));
  }

  setKeepAliveInterval(value: bigint): void {
    this.keepAliveInterval = wholeSeconds(atLeastOne(value));
  }

  setKeepAliveCount(value: number): void {
    this.keepAliveCount = Math.min(atLeastOne(value), 127);
  }

  setHopLimit(value: number): void {
    this.hopLimit = atLeastOne(value);
  }

  setReceiveBufferSize(value: bigint): void {
    this.receiveBufferSize = bufferSize(value);
  }

  setSendBufferSize(value: bigint): void {
    this.sendBufferSize = bufferSize(value);
  }

  setBacklog(value: bigint): void {
    const least = atLeastOne(value);
    this.backlog = Number(least < 1024n ? least : 1024n);
  }

  /** Does what Node has a setting for. */
  applyTo(stream: Duplex): void {
    if (!('setKeepAlive' in stream)) return;
    const idle = Number(this.keepAliveIdleTime / 1_000_000n);
    (stream as Socket).setKeepAlive(this.keepAliveEnabled, Math.min(idle, 2 ** 31 - 1));
  }
}

/** Throws `invalid-argument` for 0. */
export function atLeastOne<T extends bigint | number>(value: T): T {
  if (Number(value) === 0) throw 'invalid-argument' satisfies ErrorCode;
  return value;
}

export function bufferSize(value: bigint): bigint {
  const size = atLeastOne(value);
  return size < largestBuffer ? size : largestBuffer;
}

/** The system counts in seconds. */
function wholeSeconds(value: bigint): bigint {
  const rounded = ((value + second - 1n) / second) * second;
  const most = 32_767n * second;
  return rounded < most ? rounded : most;
}
