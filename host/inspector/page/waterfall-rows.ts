import type { OperationInfo, RequestInfo } from '../api/schemas.ts';

/** How deep requests within requests are shown; the host bounds how deep they may be. */
const mostDepth = 16;

/** A bar of the waterfall. */
export interface WaterfallRow {
  readonly operation: OperationInfo;
  /** How many requests of components lie between it and the request that is shown. */
  readonly depth: number;
  /** From the start of the request that is shown, in milliseconds. */
  readonly start: number;
  /** The request that the operation has led to, within the host. */
  readonly request: RequestInfo | undefined;
}

/**
 * What a request did, in the order in which it ended, each request that it sent to another component followed by what that did.
 *
 * @param all the requests that are known
 */
export function rowsOf(request: RequestInfo, all: readonly RequestInfo[]): WaterfallRow[] {
  const children = Map.groupBy(
    all.filter(({ parent }) => parent !== undefined),
    ({ parent }) => parent,
  );
  const rows: WaterfallRow[] = [];
  const add = (one: RequestInfo, depth: number, offset: number): void => {
    const left = new Set(children.get(one.id) ?? []);
    for (const operation of one.operations) {
      const start = offset + operation.start;
      const child = depth < mostDepth ? childOf(operation, left, one.time) : undefined;
      rows.push({ operation, depth, start, request: child });
      if (child === undefined) continue;
      left.delete(child);
      add(child, depth + 1, start);
    }
  };
  add(request, 0, 0);
  return rows;
}

/** Of several requests to the same place the one that came when the operation began. */
function childOf(
  { op, target, start }: OperationInfo,
  left: ReadonlySet<RequestInfo>,
  begun: number,
): RequestInfo | undefined {
  if (op !== 'send') return undefined;
  const place = target.replace(/^https?:\/\//, '');
  const distance = ({ time }: RequestInfo): number => Math.abs(time - begun - start);
  return [...left]
    .filter(({ authority = '', path }) => `${authority}${path}` === place)
    .toSorted((one, other) => distance(one) - distance(other))[0];
}
