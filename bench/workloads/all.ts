import { keyCountWorkloads } from './key-counts.ts';
import { keyvalueWorkloads } from './keyvalue.ts';
import { plainWorkloads } from './plain-http.ts';
import type { LoadWorkload } from './workload.ts';

export const loadWorkloads: readonly LoadWorkload[] = [
  ...plainWorkloads,
  ...keyvalueWorkloads,
  ...keyCountWorkloads,
];
