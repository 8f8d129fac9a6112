import { bucketRoutes } from '../../interfaces/keyvalue/inspector/bucket-routes.ts';
import { entryRoutes } from '../../interfaces/keyvalue/inspector/entry-routes.ts';
import { transferRoutes } from '../../interfaces/keyvalue/inspector/transfer-routes.ts';
import { hostRoutes } from './host-routes.ts';
import { requestRoutes } from './request-routes.ts';
import type { Route } from './route.ts';

/** The API of the inspector. */
export const routes: readonly Route[] = [
  ...hostRoutes,
  ...bucketRoutes,
  ...entryRoutes,
  ...transferRoutes,
  ...requestRoutes,
];
