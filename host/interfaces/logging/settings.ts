import { guestLogLevels } from '../../runtime/worker/guest-log.ts';
import { oneOf } from '../../settings/kind.ts';
import { oneValue } from '../../settings/one-value.ts';

/** The least level of a component's messages that is taken. */
export const leastLevels = [...guestLogLevels, 'off'] as const;
export type LeastLevel = (typeof leastLevels)[number];

export const settings = [
  oneValue({
    name: 'guestLogLevel',
    explanation: 'The least level of what components log through `wasi:logging` that is shown.',
    kind: oneOf(leastLevels),
    key: 'dev.guestLogLevel',
    variable: 'KVASI_GUEST_LOG_LEVEL',
    flag: { name: '--guest-log-level', takes: 'level', isChoice: true },
    default: 'trace',
  }),
] as const;
