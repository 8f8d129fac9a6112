import type { ErrorCode } from '../response-sink.ts';
import type { Request } from './request.ts';

/** `wasi:http/client@0.3.0`: present, so that components that import it start; every request is denied. */
export const client = {
  send(request: Request): never {
    request[Symbol.dispose]();
    throw { tag: 'HTTP-request-denied' } satisfies ErrorCode;
  },
};
