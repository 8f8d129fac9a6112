import type { VNode } from 'preact';
import type { RequestInfo } from '../api/schemas.ts';
import { timeText } from './format.ts';
import { html } from './html.ts';
import { statusClass } from './status-class.ts';
import { Waterfall } from './waterfall.ts';

interface DetailProps {
  readonly request: RequestInfo;
  close?(): void;
}

/** One request: its answer, what went wrong, and what it did. */
export function RequestDetail({ request, close }: DetailProps): VNode {
  const { id, time, kind, method, path, status, milliseconds, trap, failure, operations, operationCount } =
    request;
  const inOperations = operations.reduce((sum, operation) => sum + operation.milliseconds, 0);
  return html`
    <div class="value-header">
      <h2 class="mono"><span class="status ${statusClass(status)}">${kind === 'message' ? 'message' : status === 0 ? 'no answer' : status}</span> ${kind === 'message' ? `${path} → ${method}` : `${method} ${path}`}</h2>
      ${close === undefined ? '' : html`<button class="quiet icon" onClick=${close} aria-label="Close" title="Close">✕</button>`}
    </div>
    <dl class="facts">
      <div><dt>request</dt><dd>${id}</dd></div>
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
    ${operations.length === 0 ? html`<p class="empty">It made none.</p>` : html`<${Waterfall} operations=${operations} total=${milliseconds} />`}
    ${operationCount > operations.length ? html`<p class="hint">and ${operationCount - operations.length} more, which are not kept</p>` : ''}
  `;
}
