import { threadUrl } from '../../../shared/thread-url.ts';
import type { InspectorPart } from '../../inspector-part.ts';
import { containerRoutes } from './container-routes.ts';
import { objectRoutes } from './object-routes.ts';

/** The blobs of a host: browsing, reading and changing them. */
export const inspectorPart: InspectorPart = {
  routes: [...containerRoutes, ...objectRoutes],
  page: { name: 'blobs', title: 'Blobs', module: threadUrl('page/blobs-page', import.meta.url) },
};
