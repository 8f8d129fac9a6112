import type { VNode } from 'preact';
import type { OperationInfo } from '../api/schemas.ts';
import { bytesText, keyText, timeText } from './format.ts';
import { hashOf } from './hash-route.ts';
import { html } from './html.ts';
import { isWrite } from './request-filter.ts';

interface WaterfallProps {
  readonly operations: readonly OperationInfo[];
  /** The whole request, in milliseconds. */
  readonly total: number;
}

/** When each operation was made and how long it took, beside what it was. */
export function Waterfall({ operations, total }: WaterfallProps): VNode {
  const { starts, span } = timesOf(operations, total);
  return html`
    <table class="waterfall">
      <thead>
        <tr><th scope="col">Operation</th><th scope="col">Result</th><th scope="col" class="bars">0 – ${timeText(span)}</th><th scope="col" class="number">Time</th></tr>
      </thead>
      <tbody>
        ${operations.map((operation, index) => {
          const { milliseconds, error } = operation;
          const left = ((starts[index] ?? 0) / span) * 100;
          const width = Math.max(0.8, (milliseconds / span) * 100);
          return html`
            <tr key=${index} class=${error === undefined ? '' : 'failed'}>
              <th scope="row"><span class="op ${kindOf(operation)}">${operation.op}</span> <${Target} operation=${operation} /></th>
              <td class="result">${resultOf(operation)}</td>
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

function Target({ operation: { bucket, key } }: { readonly operation: OperationInfo }): VNode {
  const href = hashOf('buckets', key === undefined ? { bucket } : { bucket, key });
  return html`<a class="mono" href=${href}>${keyText(bucket)}${key === undefined ? '' : `/${keyText(key)}`}</a>`;
}

/** Where the host does not tell when an operation began, it is shown as if each followed the one before. */
function timesOf(operations: readonly OperationInfo[], total: number): { starts: number[]; span: number } {
  let end = 0;
  const starts = operations.map(({ start, milliseconds }) => {
    const begun = start ?? end;
    end = begun + milliseconds;
    return begun;
  });
  const last = operations.map(({ milliseconds }, index) => (starts[index] ?? 0) + milliseconds);
  return { starts, span: Math.max(total, ...last, 0.001) };
}

function kindOf({ op, error, ...rest }: OperationInfo): string {
  if (error !== undefined) return 'error';
  if (op === 'open') return 'open';
  if (op.startsWith('delete')) return 'delete';
  if (op === 'increment' || op === 'swap' || op === 'cas.new') return 'atomic';
  return isWrite({ op, ...rest }) ? 'write' : 'read';
}

function resultOf({ op, hit, count, size, error }: OperationInfo): string {
  if (error !== undefined) return `failed: ${error}`;
  const parts = [
    hit === undefined ? undefined : hitText(op, hit),
    count === undefined ? undefined : `${count} keys`,
    size === undefined ? undefined : bytesText(size),
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function hitText(op: string, hit: boolean): string {
  if (op === 'swap') return hit ? 'swapped' : 'stale';
  return hit ? 'hit' : 'miss';
}
