import { fileKey } from '../../settings/file-key.ts';
import type { Setting } from '../../settings/setting.ts';

/** Hosts that a component may send requests to. */
export type AllowedHosts = 'all' | readonly string[];

const allowedHosts = fileKey(
  'workload.allowedHosts',
  ({ hostPolicies }) =>
    hostPolicies(
      'Hosts that the component may send requests to. Absent: all. `[]`: none. No `workload` at all: none.',
    ),
  'outbound HTTP is denied to every host',
);

export const httpSettings = [
  {
    name: 'allowedHosts',
    keys: [allowedHosts],
    /** As in wash: without a `workload` nothing is allowed, with one that says nothing about hosts everything is. */
    resolve({ file, origins }): AllowedHosts {
      if (!file?.at('workload')) {
        origins.set('allowedHosts', 'default');
        return [];
      }
      const hosts = file.written(allowedHosts);
      origins.set('allowedHosts', file.locate(hosts ? ['workload', 'allowedHosts'] : ['workload'], 'key'));
      return !hosts || hosts.includes('*') ? 'all' : hosts;
    },
    *show(hosts: AllowedHosts) {
      yield ['allowedHosts', hosts === 'all' ? hosts : hosts.join(', ') || 'none'];
    },
  },
] as const satisfies readonly [Setting<'allowedHosts', AllowedHosts>];
