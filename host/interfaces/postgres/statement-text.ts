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
  /\b(begin|start|savepoint|set_config|reset|listen|declare|prepare|load|temp|temporary|discard|pg_advisory\w*|pg_try_advisory\w*|currval|call)\b/i;

/** What does so as the first word of a statement, and nothing within another one, such as `UPDATE … SET` or `CASE … END`. */
const leavingStatements = /\b(?:set|do|commit|end|rollback|abort)\b/gi;

/** Whether the session is to be as new before somebody else has it. */
export function mayLeaveState(text: string): boolean {
  if (leavings.test(text)) return true;
  for (const { index } of text.matchAll(leavingStatements)) if (mayBeginStatement(text, index)) return true;
  return false;
}

/** Whether a statement may begin at a word: at the start, after a semicolon, or after what may be a comment. */
function mayBeginStatement(text: string, index: number): boolean {
  let before = index - 1;
  let isLineAbove = false;
  for (; before >= 0 && /\s/.test(text.charAt(before)); before -= 1)
    isLineAbove ||= /[\n\r]/.test(text.charAt(before));
  if (before < 0 || text[before] === ';' || text[before] === '/') return true;
  if (!isLineAbove) return false;
  for (; before > 0 && !/[\n\r]/.test(text.charAt(before)); before -= 1)
    if (text[before] === '-' && text[before - 1] === '-') return true;
  return false;
}
