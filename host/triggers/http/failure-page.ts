import { STATUS_CODES } from 'node:http';
import { type RecordText, recordText } from '../../runtime/trace/record-text.ts';
import { escapedMarkup } from '../../shared/escaped-markup.ts';
import type { Failure } from './failure.ts';

/** How many of a request's last operations are shown. */
const mostOperations = 20;

const style = `
:root { color-scheme: light dark; --faint: light-dark(#5c6370, #9aa3b2); --line: light-dark(#d8dce3, #3a404c);
  --panel: light-dark(#f5f6f8, #1d2128); --bad: light-dark(#b3261e, #ff8a80); --slow: light-dark(#8a5a00, #ffca6a); }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem; font: 1rem/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #14171c); color: light-dark(#1b1e24, #e6e9ef); }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; color: var(--bad); overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
p { margin: 0; color: var(--faint); }
code, pre, table { font: .875rem/1.6 ui-monospace, monospace; }
code { overflow-wrap: anywhere; }
pre, .wide { overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: .4rem; }
pre { margin: 0; padding: .75rem 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .2rem 1rem; text-align: left; white-space: pre; }
th { font-weight: normal; color: var(--faint); border-bottom: 1px solid var(--line); }
.time { text-align: right; }
.error td { color: var(--bad); }
.slow td { color: var(--slow); }
`;

/** The page that a browser shows when there is no answer of the component. */
export function failurePage({
  status,
  reason,
  method,
  path,
  trap,
  operations = [],
  omittedOperations = 0,
}: Failure): string {
  const name = STATUS_CODES[status] ?? '';
  const count = operations.length + omittedOperations;
  const rest = count - mostOperations;
  const sections = [
    section('Backtrace', trap?.backtrace ?? [], (frames) => `<pre>${escapedMarkup(frames.join('\n'))}</pre>`),
    section('In the host', trap?.hostStack === undefined ? [] : [trap.hostStack], ([stack = '']) => {
      return `<pre>${escapedMarkup(stack)}</pre>`;
    }),
    section(
      rest > 0 ? `The last ${mostOperations} of ${count} operations` : 'Operations',
      operations.slice(-mostOperations).map((record) => recordText(record)),
      operationTable,
    ),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${status} ${escapedMarkup(name)}: ${escapedMarkup(reason)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapedMarkup(capitalized(reason))}</h1>
<p>${status} ${escapedMarkup(name)} for <code>${escapedMarkup(`${method} ${path}`)}</code>, answered by kvasi</p>
${sections.join('')}</main>
</body>
</html>
`;
}

function section<T>(title: string, content: readonly T[], write: (content: readonly T[]) => string): string {
  return content.length === 0
    ? ''
    : `<section>\n<h2>${escapedMarkup(title)}</h2>\n${write(content)}\n</section>\n`;
}

function operationTable(operations: readonly RecordText[]): string {
  const head =
    '<tr><th class="time">at</th><th>operation</th><th>target</th><th>result</th><th class="time">took</th></tr>';
  const rows = operations.map(({ start, op, target, result, time, state }) => {
    const cells = `<td>${escapedMarkup(op)}</td><td>${escapedMarkup(target)}</td><td>${escapedMarkup(result)}</td>`;
    return `<tr class="${state}"><td class="time">${start}</td>${cells}<td class="time">${time}</td></tr>`;
  });
  return `<div class="wide"><table>\n${[head, ...rows].join('\n')}\n</table></div>`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
