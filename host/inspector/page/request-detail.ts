import type { VNode } from 'preact';
import type { RequestInfo } from '../api/schemas.ts';
import { timeText } from './format.ts';
import { hashOf } from './hash-route.ts';
import { html } from './html.ts';
import { statusClass, statusText } from './status-class.ts';
import { Waterfall } from './waterfall.ts';
import { rowsOf } from './waterfall-rows.ts';

interface DetailProps {
  readonly request: RequestInfo;
  /** All that are known: what it has led to is shown within it. */
  readonly all?: readonly RequestInfo[];
  close?(): void;
}

/** One request: its answer, what went wrong, and what it did. */
export function RequestDetail({ request, all = [], close }: DetailProps): VNode {
  const { id, time, kind, method, path, authority = '', parent, component } = request;
  const { status, milliseconds, trap, failure, operations, operationCount } = request;
  const inOperations = operations.reduce((sum, operation) => sum + operation.milliseconds, 0);
  return html`
    <div class="value-header">
      <h2 class="mono"><span class="status ${statusClass(status)}">${statusText(request, 'no answer')}</span> ${kind === undefined ? method : ''} ${authority}${path}${kind === 'message' || kind === 'change' ? ` → ${method}` : ''}</h2>
      ${close === undefined ? '' : html`<button class="quiet icon" onClick=${close} aria-label="Close" title="Close">✕</button>`}
    </div>
    <dl class="facts">
      <div><dt>${kind === 'schedule' ? 'run' : 'request'}</dt><dd>${id}</dd></div>
      ${parent === undefined ? '' : html`<div><dt>sent by</dt><dd><a href=${hashOf('requests', { request: String(parent) })}>${parent}</a></dd></div>`}
      ${component === undefined ? '' : html`<div><dt>served by</dt><dd>${component}</dd></div>`}
      <div><dt>at</dt><dd>${new Date(time).toLocaleTimeString()}</dd></div>
      <div><dt>took</dt><dd>${timeText(milliseconds)}</dd></div>
      <div><dt>in operations</dt><dd>${timeText(inOperations)}</dd></div>
    </dl>
    ${failure === undefined || trap !== undefined ? '' : html`<p class="problem">${failure}</p>`}
    ${
      trap === undefined
        ? ''
        : html`
          <div class="trap">
            <p class="problem">The component trapped: ${trap.reason}</p>
            <pre class="mono shown" tabindex="0" aria-label="Backtrace">${trap.backtrace.join('\n')}</pre>
          </div>
        `
    }
    <h3>Operations</h3>
    ${operations.length === 0 ? html`<p class="empty">It made none.</p>` : html`<${Waterfall} rows=${rowsOf(request, all)} total=${milliseconds} />`}
    ${operationCount > operations.length ? html`<p class="hint">and ${operationCount - operations.length} more, which are not kept</p>` : ''}
  `;
}
