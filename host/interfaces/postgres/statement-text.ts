/** So much of a statement is shown, in characters. */
const longestShown = 120;

/** A statement for people: on one line, and its beginning. */
export function shownStatement(text: string): string {
  const start = text
    .slice(0, 4 * longestShown)
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (start.length <= longestShown && text.length <= 4 * longestShown) return start;
  // A character of two units is not cut in the middle.
  return `${start.slice(0, longestShown).replace(/[\ud800-\udbff]$/, '')}…`;
}

/**
 * What may leave something behind in a session: a transaction, a setting, a temporary table, a lock. Words of comments and names
 * count, too: then the session is cleaned without need.
 */
const leavings =
  /\b(begin|start|commit|end|rollback|abort|savepoint|set|reset|set_config|listen|declare|prepare|load|temp|temporary|discard|pg_advisory\w*|pg_try_advisory\w*|currval|do|call)\b/i;

/** Whether the session is to be as new before somebody else has it. */
export function mayLeaveState(text: string): boolean {
  return leavings.test(text);
}
