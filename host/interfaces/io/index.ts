import { type HostInterface, wasi02 } from '../host-interface.ts';
import { IoError } from './io-error.ts';
import { Pollable, poll } from './poll.ts';
import { InputStream, OutputStream } from './streams.ts';

const blocking = /^(poll|\[method\]pollable\.block|\[method\](input|output)-stream\.blocking-.*)$/;

const imports = {
  'wasi:io/error': { Error: IoError },
  'wasi:io/poll': { Pollable, poll },
  'wasi:io/streams': { InputStream, OutputStream },
};

/** `wasi:io`: streams and polling. */
export const ioInterface: HostInterface = {
  name: 'io',
  packages: { 'wasi:io': wasi02 },
  suspends: (func) => blocking.test(func),
  start: () => ({ imports: () => imports }),
};

export const interfaces = [ioInterface];
