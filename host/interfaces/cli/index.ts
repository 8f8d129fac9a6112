import type { PoolPart } from '../../runtime/interface.ts';
import { type HostInterface, wasi02 } from '../host-interface.ts';
import { cli } from './cli.ts';
import type { cliSettings } from './settings.ts';

interface Config {
  readonly environment: Readonly<Record<string, string>>;
}

/** `wasi:cli`: environment, standard output and error, exit. */
export const cliInterface: HostInterface<Config, PoolPart, typeof cliSettings> = {
  name: 'cli',
  packages: { 'wasi:cli': wasi02 },
  configure: ({ environment }) => ({ environment }),
  start: ({ environment }) => ({
    imports: (guest) =>
      cli({
        environment,
        args: [],
        print: (stream, bytes) => guest.print(stream, bytes),
        output: guest.output,
      }),
  }),
};
