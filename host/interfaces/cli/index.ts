import type { PoolPart } from '../../runtime/interface.ts';
import { type HostInterface, wasi02, wasi03 } from '../host-interface.ts';
import { ofTrack03 } from '../tracks.ts';
import { cli } from './cli.ts';
import type { cliSettings } from './settings.ts';

/** Of each component. */
interface Config {
  readonly environment: Readonly<Record<string, string>>;
}

/** `wasi:cli`: environment, standard output and error, exit. */
export const cliInterface: HostInterface<undefined, PoolPart, typeof cliSettings> = {
  name: 'cli',
  packages: { 'wasi:cli': wasi02 },
  configureComponent: ({ environment }): Config => ({ environment }),
  start: () => ({
    imports: (guest, own) =>
      cli({
        environment: (own as Config).environment,
        args: [],
        print: (stream, bytes) => guest.print(stream, bytes),
        output: guest.output,
      }),
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
      imports: (guest, own) =>
        ofTrack03(
          cli03({
            environment: (own as Config).environment,
            args: [],
            print: (stream, bytes, request) => guest.print(stream, bytes, request),
            request: () => guest.request,
            output: guest.output,
          }),
        ),
    };
  },
};
