import type { PoolPart } from '../../runtime/interface.ts';
import type { Guest } from '../../runtime/worker/guest.ts';
import { type HostInterface, wasi02, wasi03 } from '../host-interface.ts';
import { ofTrack03 } from '../tracks.ts';
import { type CliContext, cli } from './cli.ts';
import type { cliSettings } from './settings.ts';

interface Config {
  readonly environment: Readonly<Record<string, string>>;
}

/** `wasi:cli`: environment, arguments, standard input, output and error, exit. */
export const cliInterface: HostInterface<Config, PoolPart, typeof cliSettings> = {
  name: 'cli',
  packages: { 'wasi:cli': wasi02 },
  configure: ({ environment }) => ({ environment }),
  start: ({ environment }) => ({
    imports: (guest) => cli(contextOf(guest, environment)),
  }),
};

/** `wasi:cli` 0.3. */
export const cli03Interface: HostInterface<Config, PoolPart, typeof cliSettings> = {
  ...cliInterface,
  name: 'cli03',
  packages: { 'wasi:cli': wasi03 },
  async start({ environment }) {
    const { cli: cli03 } = await import('./p3.ts');
    return {
      imports: (guest) => ofTrack03(cli03(contextOf(guest, environment))),
    };
  },
};

function contextOf(guest: Guest, environment: Config['environment']): CliContext {
  return {
    environment,
    get command() {
      return guest.command;
    },
    print: (stream, bytes) => guest.print(stream, bytes),
    output: guest.output,
  };
}
