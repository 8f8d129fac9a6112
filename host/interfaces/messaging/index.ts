import type { HostInterface } from '../host-interface.ts';
import { MessagingPool } from './messaging-pool.ts';
import { messagingOperations } from './operations.ts';
import type { settings } from './settings.ts';

/** `wasmcloud:messaging`: the messages that a component sends. Those that it gets are the trigger's, `triggers/messaging/`. */
export const messagingInterface: HostInterface<undefined, MessagingPool, typeof settings> = {
  name: 'messaging',
  packages: { 'wasmcloud:messaging': { matches: /^0\.[23]\.0$/, text: '0.2.0 and 0.3.0' } },
  operations: messagingOperations,
  suspends: () => true,
  start: async (_, worker) => (await import('./messaging-start.ts')).startMessaging(worker),
  startPool: () => new MessagingPool(),
};

export const interfaces = [messagingInterface];
