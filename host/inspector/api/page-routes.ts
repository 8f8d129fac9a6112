import type { InspectorPart, Route } from '../../interfaces/inspector-part.ts';
import type { InspectedHost } from './inspected-host.ts';
import { pathOf } from './page-files.ts';
import { json, route } from './route.ts';
import { pageList } from './schemas.ts';

/** Which pages the interfaces of the host bring. */
export function pageRoutes(parts: readonly InspectorPart[]): Route<InspectedHost>[] {
  const pages = parts.flatMap(({ page }) => page ?? []);
  return [
    route(
      {
        method: 'GET',
        path: '/api/v1/pages',
        summary: 'The pages that the inspector has for interfaces of the host.',
        answer: pageList,
      },
      () =>
        json(pageList, {
          pages: pages.map(({ name, title, module }) => ({ name, title, module: pathOf(module) })),
        }),
    ),
  ];
}
