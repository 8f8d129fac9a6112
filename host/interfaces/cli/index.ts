import type { PoolPart } from '../../runtime/interface.ts';
import type { Guest } from '../../runtime/worker/guest.ts';
import { type HostInterface, wasi02, wasi03 } from '../host-interface.ts';
import { ofTrack03 } from '../tracks.ts';
import { type CliContext, cli } from './cli.ts';
import type { settings as cliSettings } from './settings.ts';

/** Of each component. */
interface Config {
  readonly environment: Readonly<Record<string, string>>;
}

/** `wasi:cli`: environment, arguments, standard input, output and error, exit. */
export const cliInterface: HostInterface<undefined, PoolPart, typeof cliSettings> = {
  name: 'cli',
  packages: { 'wasi:cli': wasi02 },
  configureComponent: ({ environment }): Config => ({ environment }),
  start: () => ({
    imports: (guest, own) => cli(contextOf(guest, own as Config)),
  }),
};

/** `wasi:cli` 0.3. */
export const cli03Interface: HostInterface<undefined, PoolPart, typeof cliSettings> = {
  ...cliInterface,
  name: 'cli03',
  packages: { 'wasi:cli': wasi03 },
  async start() {
    const { cli: cli03 } = await import('./p3.ts');
    return {
      imports: (guest, own) => ofTrack03(cli03(contextOf(guest, own as Config))),
    };
  },
};

export const interfaces = [cliInterface, cli03Interface];

function contextOf(guest: Guest, { environment }: Config): CliContext {
  return {
    environment,
    get command() {
      return guest.command;
    },
    print: (stream, bytes, request) => guest.print(stream, bytes, request),
    request: () => guest.request,
    output: guest.output,
  };
}
