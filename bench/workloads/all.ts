import { bigValueWorkloads } from './big-values.ts';
import { blobWorkloads } from './blobs.ts';
import { guestWorkloads } from './guests.ts';
import { keyCountWorkloads } from './key-counts.ts';
import { keyvalueWorkloads } from './keyvalue.ts';
import { linkedWorkloads } from './linked.ts';
import { plainWorkloads } from './plain-http.ts';
import { proxyWorkloads } from './proxy.ts';
import { storeWorkloads } from './stores.ts';
import { wasi03Workloads } from './wasi-0.3.ts';
import type { LoadWorkload } from './workload.ts';

export const loadWorkloads: readonly LoadWorkload[] = [
  ...plainWorkloads,
  ...keyvalueWorkloads,
  ...bigValueWorkloads,
  ...keyCountWorkloads,
  ...linkedWorkloads,
  ...proxyWorkloads,
  ...blobWorkloads,
  ...storeWorkloads,
  ...wasi03Workloads,
  ...guestWorkloads,
];
