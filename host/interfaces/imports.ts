import type { Holdings } from '../runtime/worker/holdings.ts';
import type { Lifetime } from '../runtime/worker/lifetime.ts';
import type { Clock } from '../shared/clock.ts';
import { type CliContext, cli } from './cli/cli.ts';
import { clocks } from './clocks/clocks.ts';
import { config } from './config/config.ts';
import type { Filesystem } from './filesystem/filesystem.ts';
import { outgoingHandler } from './http/client.ts';
import { httpTypes } from './http/types.ts';
import { IoError } from './io/io-error.ts';
import { Pollable, poll } from './io/poll.ts';
import { InputStream, OutputStream } from './io/streams.ts';
import { type KeyvalueContext, keyvalue } from './keyvalue/keyvalue.ts';
import { logging } from './logging/logging.ts';
import { type RandomSource, random } from './random/random.ts';
import { sockets } from './sockets/sockets.ts';

/** The functions and classes of an interface, as jco's glue takes them. */
export type Interfaces = Record<string, Record<string, unknown>>;

/** What the imports of one guest depend on. */
export interface GuestContext extends CliContext {
  readonly keyvalue: KeyvalueContext;
  readonly lifetime: Lifetime;
  readonly holdings: Holdings;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly config: Readonly<Record<string, string>>;
  /** From `filesystem`, which is made once per thread. */
  readonly filesystem: Filesystem;
}

const stateless: Interfaces = {
  'wasi:http/outgoing-handler': outgoingHandler,
  'wasi:io/error': { Error: IoError },
  'wasi:io/poll': { Pollable, poll },
  'wasi:io/streams': { InputStream, OutputStream },
  ...sockets,
};

const encoder = new TextEncoder();

/** Everything that a component may import, by interface name without version. */
export function guestImports(context: GuestContext): Interfaces {
  return {
    ...stateless,
    'wasi:http/types': httpTypes(context.holdings),
    ...context.filesystem(context.holdings),
    ...cli(context),
    ...clocks(context.lifetime, context.holdings, context.clock),
    ...config(context.config),
    ...random(context.random),
    ...logging((line) => context.print('stderr', encoder.encode(line)), context.output),
    ...keyvalue(context.keyvalue),
  };
}
