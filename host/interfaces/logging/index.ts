import type { PoolPart } from '../../runtime/interface.ts';
import type { HostInterface } from '../host-interface.ts';
import { logging } from './logging.ts';
import { loggingOperations } from './operations.ts';
import type { LeastLevel, settings } from './settings.ts';

/** `wasi:logging`: messages with a level and a context, shown with what the component prints. */
export const loggingInterface: HostInterface<LeastLevel, PoolPart, typeof settings> = {
  name: 'logging',
  packages: { 'wasi:logging': { matches: /^0\.1\.0(-draft)?$/, text: '0.1.0-draft' } },
  operations: loggingOperations,
  suspends: () => true,
  configure: ({ guestLogLevel }) => guestLogLevel,
  start: (least) => ({ imports: (guest) => logging(guest, least) }),
};

export const interfaces = [loggingInterface];
