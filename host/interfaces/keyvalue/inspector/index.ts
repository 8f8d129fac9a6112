import { threadUrl } from '../../../shared/thread-url.ts';
import type { InspectorPart } from '../../inspector-part.ts';
import { bucketRoutes } from './bucket-routes.ts';
import { entryRoutes } from './entry-routes.ts';
import { transferRoutes } from './transfer-routes.ts';

/** The buckets of a host: browsing and changing them, and what is in them as JSON Lines. */
export const inspectorPart: InspectorPart = {
  routes: [...bucketRoutes, ...entryRoutes, ...transferRoutes],
  page: { name: 'buckets', title: 'Buckets', module: threadUrl('page/buckets-page', import.meta.url) },
};
