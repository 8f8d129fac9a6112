import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RequestInfo } from '../api/schemas.ts';
import { Charts } from './charts.ts';
import { keyText, timeText } from './format.ts';
import { go, hashOf } from './hash-route.ts';
import { html } from './html.ts';
import { useLive } from './live-requests.ts';
import { RequestDetail } from './request-detail.ts';
import { matches, type RequestFilter } from './request-filter.ts';
import { statusClass, statusText } from './status-class.ts';

/** How many rows are drawn until more are asked for. */
const firstRows = 200;

/** Requests as they end, the newest first, with numbers about them and one of them in full. */
export function RequestsPage({ query }: { readonly query: URLSearchParams }): VNode {
  const { requests: live } = useLive();
  const [frozen, setFrozen] = useState<readonly RequestInfo[]>();
  const [rows, setRows] = useState(firstRows);
  const requests = frozen ?? live;
  const filter: RequestFilter = {
    path: query.get('path') ?? '',
    bucket: query.get('bucket') ?? '',
    key: query.get('key') ?? '',
    onlyErrors: query.has('errors'),
  };
  const found = requests.filter((request) => matches(request, filter)).toReversed();
  const id = Number(query.get('request') ?? 0);
  const selected = requests.find((request) => request.id === id);
  const place = (change: Readonly<Record<string, string | undefined>>): string =>
    hashOf('requests', { ...Object.fromEntries(query), ...change });
  useEffect(() => setRows(firstRows), [query.toString()]);
  return html`
    <section class="overview" aria-label="Numbers"><${Charts} requests=${requests.filter((request) => matches(request, filter))} /></section>
    <section class="requests-list" aria-label="Requests">
      <${Filters} filter=${filter} place=${place} buckets=${bucketsOf(requests)} />
      <div class="row between">
        <p class="hint" role="status">${found.length.toLocaleString('en')} of the last ${requests.length.toLocaleString('en')} requests</p>
        <button class="quiet" aria-pressed=${frozen !== undefined} onClick=${() => setFrozen(frozen === undefined ? live : undefined)}>
          ${frozen === undefined ? 'Pause' : `Go on (${live.filter(({ id: other }) => !requests.some((one) => one.id === other)).length} new)`}
        </button>
      </div>
      <ol class="request-rows">
        ${found.slice(0, rows).map((request) => html`<${Row} key=${request.id} request=${request} isSelected=${request.id === id} href=${place({ request: String(request.id) })} />`)}
      </ol>
      ${found.length > rows ? html`<button onClick=${() => setRows(rows * 2)}>Show more</button>` : ''}
      ${requests.length === 0 ? html`<p class="empty">No requests yet. They appear here as they end.</p>` : ''}
    </section>
    ${
      selected === undefined
        ? html`<section class="detail none" aria-label="Request"><p class="empty">Select a request to see what it did.</p></section>`
        : html`
          <section class="detail" aria-label="Request ${selected.id}">
            <${RequestDetail} request=${selected} all=${requests} close=${() => go(place({ request: undefined }), 'replace')} />
          </section>
        `
    }
  `;
}

interface FilterProps {
  readonly filter: RequestFilter;
  readonly buckets: readonly string[];
  place(change: Readonly<Record<string, string | undefined>>): string;
}

function Filters({ filter, buckets, place }: FilterProps): VNode {
  const set = (name: string) => (event: Event) => {
    const { value } = event.target as HTMLInputElement | HTMLSelectElement;
    go(place({ [name]: value === '' ? undefined : value }), 'replace');
  };
  const names =
    filter.bucket === '' || buckets.includes(filter.bucket) ? buckets : [...buckets, filter.bucket];
  return html`
    <form class="filters" role="search" aria-label="Filter" onSubmit=${(event: Event) => event.preventDefault()}>
      <label>Path <input type="search" value=${filter.path} onInput=${set('path')} autocomplete="off" spellcheck=${false} /></label>
      <label>Bucket
        <select value=${filter.bucket} onChange=${set('bucket')}>
          <option value="">any</option>
          ${names.map((name) => html`<option key=${name} value=${name}>${keyText(name)}</option>`)}
        </select>
      </label>
      <label>Key <input type="search" class="mono" value=${filter.key} onInput=${set('key')} autocomplete="off" spellcheck=${false} /></label>
      <label class="check">
        <input type="checkbox" checked=${filter.onlyErrors} onChange=${(event: Event) => go(place({ errors: (event.target as HTMLInputElement).checked ? 'only' : undefined }), 'replace')} />
        Errors only
      </label>
    </form>
  `;
}

interface RowProps {
  readonly request: RequestInfo;
  readonly isSelected: boolean;
  readonly href: string;
}

function Row({ request, isSelected, href }: RowProps): VNode {
  const { kind, method, path, authority = '', status, milliseconds } = request;
  const { operationCount, trap, failure } = request;
  const note = trap !== undefined ? 'trapped' : failure;
  return html`
    <li>
      <a href=${href} aria-current=${isSelected ? 'true' : undefined}>
        <span class="status ${statusClass(status)}">${statusText(request, '–')}</span>
        <span class="target mono">${kind === undefined ? html`<b>${method}</b> ` : ''}${authority}${path}${kind === 'message' || kind === 'change' ? html` → <b>${method}</b>` : ''}</span>
        ${note === undefined ? '' : html`<span class="note">${note}</span>`}
        <span class="number">${operationCount} ${operationCount === 1 ? 'op' : 'ops'}</span>
        <span class="number">${timeText(milliseconds)}</span>
      </a>
    </li>
  `;
}

function bucketsOf(requests: readonly RequestInfo[]): string[] {
  return [...new Set(requests.flatMap(({ operations }) => operations.map(({ target }) => target)))].sort();
}
