import type { RequestHead } from '../../interfaces/http/incoming.ts';
import { recordsOf } from '../../interfaces/traced-operations.ts';
import type { Outcome } from '../../runtime/outcome.ts';
import type { Failure } from './failure.ts';
import { failurePage } from './failure-page.ts';

/** @param outcome what the guest did, where it told */
export function failureOf(
  status: number,
  reason: string,
  { method, pathWithQuery: path }: RequestHead,
  outcome: Outcome | undefined,
): Failure {
  if (outcome === undefined) return { status, reason, method, path };
  const { operations, trap } = outcome;
  return {
    status,
    reason,
    method,
    path,
    operations: recordsOf(operations),
    omittedOperations: operations.omitted,
    ...(trap === undefined ? {} : { trap }),
  };
}

/** A page for whoever asks for one, text for everybody else. */
export function failureAnswer(
  failure: Failure,
  accept: string | undefined,
): { readonly headers: Record<string, string | number>; readonly body: string } {
  const { status, reason } = failure;
  const isPage = status >= 500 && accept !== undefined && /\btext\/html\b/i.test(accept);
  const body = isPage ? failurePage(failure) : `${reason}\n`;
  return {
    headers: {
      'content-type': `text/${isPage ? 'html' : 'plain'}; charset=utf-8`,
      'content-length': Buffer.byteLength(body),
      ...(isPage ? { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" } : {}),
      // The rest of the request may come at any time, and would be taken for the next one (RFC 9110, 15.5.9).
      ...(status === 408 ? { connection: 'close' } : {}),
      // Seconds (RFC 9110, 10.2.3).
      ...(status === 503 ? { 'retry-after': 1 } : {}),
    },
    body,
  };
}
