import { Signal } from '../../shared/signal.ts';
import { Pollable } from '../io/poll.ts';
import { type ErrorCode, isErrorCode } from './error-code.ts';
import type { GuestSockets } from './guest-sockets.ts';
import { type IpAddress, type WitAddress, witAddress } from './ip-address.ts';

/** `wasi:sockets/ip-name-lookup` resolve-address-stream. */
export class ResolveAddressStream {
  readonly #signal = new Signal();
  #addresses: IpAddress[] | undefined;
  #error: ErrorCode | undefined;

  /** @param onEnd see `GuestSockets.onEnd` */
  constructor(lookup: Promise<IpAddress[]>, onEnd: GuestSockets['onEnd']) {
    const forget = onEnd((reason) => this.#signal.fail(reason));
    lookup
      .then(
        (addresses) => {
          this.#addresses = addresses;
        },
        (thrown: unknown) => {
          this.#error = isErrorCode(thrown) ? thrown : 'permanent-resolver-failure';
        },
      )
      .finally(() => {
        forget();
        this.#signal.notify();
      });
  }

  resolveNextAddress(): WitAddress | undefined {
    if (this.#error !== undefined) throw this.#error;
    if (this.#addresses === undefined) throw 'would-block' satisfies ErrorCode;
    const next = this.#addresses.shift();
    return next === undefined ? undefined : witAddress(next);
  }

  subscribe(): Pollable {
    return new Pollable(
      () => this.#addresses !== undefined || this.#error !== undefined,
      () => this.#signal.wait(),
    );
  }
}
