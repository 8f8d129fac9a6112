/** The color of a status. */
export function statusClass(status: number): string {
  if (status === 0 || status >= 500) return 'bad';
  return status >= 400 ? 'warn' : 'good';
}
