import type { InspectorPart, Route } from '../../interfaces/inspector-part.ts';
import { hostRoutes } from './host-routes.ts';
import type { InspectedHost } from './inspected-host.ts';
import { pageRoutes } from './page-routes.ts';
import { requestRoutes } from './request-routes.ts';

/** The API of the inspector, with what the interfaces of the host bring. */
export function routesOf(parts: readonly InspectorPart[]): Route<InspectedHost>[] {
  const ofInterfaces = parts.flatMap(({ routes }) => routes);
  return [...hostRoutes, ...pageRoutes(parts), ...ofInterfaces, ...requestRoutes];
}
