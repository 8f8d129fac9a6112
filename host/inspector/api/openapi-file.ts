import { packageRoot } from '../../shared/package-root.ts';

/** The OpenAPI document. */
export const openApiFile = new URL('docs/openapi.json', packageRoot);
