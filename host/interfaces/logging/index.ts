import type { HostInterface } from '../host-interface.ts';
import { logging } from './logging.ts';

const encoder = new TextEncoder();

/** `wasi:logging`: lines go where the component's standard error goes. */
export const loggingInterface: HostInterface = {
  name: 'logging',
  packages: { 'wasi:logging': { matches: /^0\.1\.0(-draft)?$/, text: '0.1.0-draft' } },
  suspends: () => true,
  start: () => ({
    imports: (guest) => logging((line) => guest.print('stderr', encoder.encode(line)), guest.output),
  }),
};

export const interfaces = [loggingInterface];
