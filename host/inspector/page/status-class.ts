import type { RequestInfo } from '../api/schemas.ts';

/** The color of a status. */
export function statusClass(status: number): string {
  if (status === 0 || status >= 500) return 'bad';
  return status >= 400 ? 'warn' : 'good';
}

/** What stands for the status. @param none where there is none */
export function statusText({ kind, status }: RequestInfo, none: string): string {
  if (kind === 'schedule') return 'cron';
  if (kind === 'message' || kind === 'change') return kind;
  return status === 0 ? none : String(status);
}
