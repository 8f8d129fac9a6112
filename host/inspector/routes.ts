import { bucketRoutes } from './bucket-routes.ts';
import { entryRoutes } from './entry-routes.ts';
import { hostRoutes } from './host-routes.ts';
import { requestRoutes } from './request-routes.ts';
import type { Route } from './route.ts';
import { transferRoutes } from './transfer-routes.ts';

/** The API of the inspector. */
export const routes: readonly Route[] = [
  ...hostRoutes,
  ...bucketRoutes,
  ...entryRoutes,
  ...transferRoutes,
  ...requestRoutes,
];
