import type { RequestInfo } from '../api/schemas.ts';

/** Which requests are wanted; an empty text is any. */
export interface RequestFilter {
  readonly path: string;
  readonly bucket: string;
  readonly key: string;
  readonly onlyErrors: boolean;
}

/** Whether something went wrong, or the component refused. */
export function isError({ status, failure, trap, operations }: RequestInfo): boolean {
  const isRefused = status === 0 || status >= 400;
  return (
    isRefused ||
    failure !== undefined ||
    trap !== undefined ||
    operations.some(({ error }) => error !== undefined)
  );
}

/** Whether a request is wanted. A batch does not tell its keys and so matches none. */
export function matches(request: RequestInfo, { path, bucket, key, onlyErrors }: RequestFilter): boolean {
  if (path !== '' && !`${request.method} ${request.path}`.toLowerCase().includes(path.toLowerCase()))
    return false;
  if (onlyErrors && !isError(request)) return false;
  if (bucket === '' && key === '') return true;
  return request.operations.some(
    (operation) => (bucket === '' || operation.target === bucket) && (key === '' || operation.item === key),
  );
}
