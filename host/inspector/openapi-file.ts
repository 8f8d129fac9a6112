/** The OpenAPI document. The sources lie two levels below the package's root, the built files three. */
export const openApiFile = new URL(
  import.meta.url.endsWith('.ts') ? '../../docs/openapi.json' : '../../../docs/openapi.json',
  import.meta.url,
);
