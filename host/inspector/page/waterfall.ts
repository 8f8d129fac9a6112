import type { VNode } from 'preact';
import type { OperationInfo } from '../api/schemas.ts';
import { keyText, timeText } from './format.ts';
import { hashOf } from './hash-route.ts';
import { html } from './html.ts';
import type { WaterfallRow } from './waterfall-rows.ts';

interface WaterfallProps {
  readonly rows: readonly WaterfallRow[];
  /** The whole request, in milliseconds. */
  readonly total: number;
}

/** When each operation was made and how long it took, beside what it was. */
export function Waterfall({ rows, total }: WaterfallProps): VNode {
  const span = Math.max(total, ...rows.map(({ start, operation }) => start + operation.milliseconds), 0.001);
  return html`
    <table class="waterfall">
      <thead>
        <tr><th scope="col">Operation</th><th scope="col">Result</th><th scope="col" class="bars">0 – ${timeText(span)}</th><th scope="col" class="number">Time</th></tr>
      </thead>
      <tbody>
        ${rows.map(({ operation, depth, start, request }, index) => {
          const { milliseconds, error } = operation;
          const left = (start / span) * 100;
          const width = Math.max(0.8, (milliseconds / span) * 100);
          return html`
            <tr key=${index} class=${error === undefined ? '' : 'failed'}>
              <th scope="row" style=${depth === 0 ? undefined : `padding-inline-start: ${depth * 1.25}rem`}>
                ${depth === 0 ? '' : html`<span class="hint" aria-label=${`within ${depth} ${depth === 1 ? 'request' : 'requests'}`}>↳ </span>`}
                <span class="op ${kindOf(operation)}">${operation.op}</span> ${
                  request === undefined
                    ? html`<${Target} operation=${operation} />`
                    : html`<a class="mono" href=${hashOf('requests', { request: String(request.id) })}>${keyText(operation.target)}</a>`
                }
              </th>
              <td class="result">${operation.result}</td>
              <td class="bars" aria-hidden="true">
                <svg width="100%" height="14" preserveAspectRatio="none">
                  <rect class="track" x="0" y="6.5" width="100%" height="1"></rect>
                  <rect class="bar ${kindOf(operation)}" x="${Math.min(left, 99)}%" y="2" width="${Math.min(width, 100 - Math.min(left, 99))}%" height="10" rx="2"></rect>
                </svg>
              </td>
              <td class="number">${timeText(milliseconds)}</td>
            </tr>
          `;
        })}
      </tbody>
    </table>
  `;
}

/** A link to where that can be looked at, for what has a page. */
function Target({
  operation: { target, item, bucket, container },
}: {
  readonly operation: OperationInfo;
}): VNode {
  const text = `${keyText(target)}${item === undefined ? '' : `/${keyText(item)}`}`;
  if (container !== undefined) {
    const place = hashOf('blobs', { container: target, ...(item === undefined ? {} : { object: item }) });
    return html`<a class="mono" href=${place}>${text}</a>`;
  }
  if (bucket === undefined) return html`<span class="mono">${text}</span>`;
  const href = hashOf('buckets', { bucket: target, ...(item === undefined ? {} : { key: item }) });
  return html`<a class="mono" href=${href}>${text}</a>`;
}

function kindOf({ effect, isAtomic, error }: OperationInfo): string {
  if (error !== undefined) return 'error';
  return isAtomic ? 'atomic' : effect;
}
