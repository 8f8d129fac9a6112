import { type HostInterface, wasi02, wasi03 } from '../host-interface.ts';
import { ofTrack03 } from '../tracks.ts';
import { outgoingHandler } from './client.ts';
import { httpTypes } from './types.ts';

/** `wasi:http`: the types of requests and answers; outgoing requests are denied. */
export const httpInterface: HostInterface = {
  name: 'http',
  packages: { 'wasi:http': wasi02 },
  servedBy: (name) => (name.startsWith('wasi:http/outgoing-handler@') ? 'present, denied' : undefined),
  start: () => ({
    imports: ({ holdings }) => ({
      'wasi:http/outgoing-handler': outgoingHandler,
      'wasi:http/types': httpTypes(holdings),
    }),
  }),
};

/** `wasi:http` 0.3: the types of requests and responses; outgoing requests are denied. */
export const http03Interface: HostInterface = {
  name: 'http03',
  packages: { 'wasi:http': wasi03 },
  servedBy: (name) => (name.startsWith('wasi:http/client@') ? 'present, denied' : undefined),
  async start() {
    const [{ httpTypes: types }, { client }] = await Promise.all([
      import('./p3/types.ts'),
      import('./p3/client.ts'),
    ]);
    return {
      imports: ({ holdings }) =>
        ofTrack03({ 'wasi:http/client': client, 'wasi:http/types': types(holdings) }),
    };
  },
};
