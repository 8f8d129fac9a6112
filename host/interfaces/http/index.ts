import { type HostInterface, wasi02 } from '../host-interface.ts';
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
