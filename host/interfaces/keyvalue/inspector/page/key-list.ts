import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { read } from '../../../../inspector/page/api.ts';
import { keyText, reasonText } from '../../../../inspector/page/format.ts';
import { go, hashOf } from '../../../../inspector/page/hash-route.ts';
import { html } from '../../../../inspector/page/html.ts';
import type { BucketInfo, KeyPageInfo } from '../bucket-schemas.ts';

/** The height of a row, as the style sheet has it, in pixels. */
const rowHeight = 30;
/** Rows that are drawn above and below what is seen. */
const margin = 20;
/** After the last key was typed, in milliseconds. */
const searchDelay = 150;

interface Found {
  readonly keys: readonly string[];
  readonly cursor: string | undefined;
  readonly state: 'loading' | 'ready';
  readonly problem?: string;
}

interface KeyListProps {
  readonly bucket: BucketInfo;
  readonly selected: string | undefined;
  /** Changes when the keys may have changed. */
  readonly version: string;
}

/** The keys of a bucket: only the rows that are seen are drawn, pages are read as one scrolls. */
export function KeyList({ bucket: { bucket, served }, selected, version }: KeyListProps): VNode {
  const [prefix, setPrefix] = useState('');
  const [found, setFound] = useState<Found>({ keys: [], cursor: undefined, state: 'loading' });
  const [top, setTop] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const attempt = useRef(0);

  const load = async (before: readonly string[], cursor: string | undefined): Promise<void> => {
    attempt.current += 1;
    const own = attempt.current;
    setFound((now) => ({ keys: now.keys, cursor, state: 'loading' }));
    try {
      let page: KeyPageInfo = { keys: [], cursor };
      do {
        page = await read<KeyPageInfo>('keys', { bucket, prefix, cursor: page.cursor });
      } while (page.keys.length === 0 && page.cursor !== undefined && own === attempt.current);
      // A store without an order may tell a key twice.
      const keys = [...new Set([...before, ...page.keys])];
      if (own === attempt.current) setFound({ keys, cursor: page.cursor, state: 'ready' });
    } catch (error) {
      if (own === attempt.current) {
        setFound({ keys: before, cursor: undefined, state: 'ready', problem: reasonText(error) });
      }
    }
  };

  useEffect(() => {
    if (served !== 'store') return;
    const timer = setTimeout(() => void load([], undefined), prefix === '' ? 0 : searchDelay);
    return () => clearTimeout(timer);
  }, [bucket, prefix, version]);
  useEffect(() => {
    const focusSearch = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
      if (event.key !== '/' || isTyping) return;
      event.preventDefault();
      search.current?.focus();
    };
    addEventListener('keydown', focusSearch);
    return () => removeEventListener('keydown', focusSearch);
  }, []);

  const height = list.current?.clientHeight ?? 600;
  const first = Math.max(0, Math.floor(top / rowHeight) - margin);
  const last = Math.min(found.keys.length, Math.ceil((top + height) / rowHeight) + margin);
  const isNearEnd = last >= found.keys.length - margin;
  useEffect(() => {
    if (isNearEnd && found.state === 'ready' && found.cursor !== undefined)
      void load(found.keys, found.cursor);
  }, [isNearEnd, found]);

  const select = (index: number): void => {
    const key = found.keys[index];
    if (key === undefined) return;
    go(hashOf('buckets', { bucket, key }), selected === undefined ? 'step' : 'replace');
    const box = list.current;
    if (box === null) return;
    if (index * rowHeight < box.scrollTop) box.scrollTop = index * rowHeight;
    const end = (index + 1) * rowHeight;
    if (end > box.scrollTop + box.clientHeight) box.scrollTop = end - box.clientHeight;
  };
  const at = selected === undefined ? -1 : found.keys.indexOf(selected);
  const move = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / rowHeight) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: Math.max(0, at - 1),
      PageDown: Math.min(found.keys.length - 1, at + page),
      PageUp: Math.max(0, at - page),
      Home: 0,
      End: found.keys.length - 1,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    select(next);
  };
  if (served !== 'store') return html`<p class="empty">There are no keys to see.</p>`;
  const total = `${found.keys.length.toLocaleString('en')}${found.cursor === undefined ? '' : '+'} keys`;
  return html`
    <div class="search">
      <label for="prefix" class="hidden">Search by prefix</label>
      <input
        id="prefix"
        ref=${search}
        type="search"
        class="mono"
        placeholder="Search by prefix  ( / )"
        autocomplete="off"
        spellcheck=${false}
        value=${prefix}
        onInput=${(event: InputEvent) => setPrefix((event.target as HTMLInputElement).value)}
        onKeyDown=${(event: KeyboardEvent) => {
          if (event.key === 'ArrowDown') list.current?.focus();
        }}
      />
      <span class="total" role="status">${found.state === 'loading' ? '…' : total}</span>
    </div>
    ${found.problem === undefined ? '' : html`<p class="problem" role="alert">${found.problem}</p>`}
    <div
      class="list"
      ref=${list}
      role="listbox"
      tabindex="0"
      aria-label="Keys"
      aria-activedescendant=${at >= first && at < last ? `key-${at}` : undefined}
      onScroll=${(event: Event) => setTop((event.target as HTMLElement).scrollTop)}
      onKeyDown=${move}
    >
      <div class="rows" role="presentation" style=${{ height: `${found.keys.length * rowHeight}px` }}>
        ${found.keys.slice(first, last).map((key, offset) => {
          const index = first + offset;
          return html`
            <div
              key=${key}
              id="key-${index}"
              class="row mono"
              role="option"
              aria-selected=${index === at}
              aria-posinset=${index + 1}
              aria-setsize=${found.cursor === undefined ? found.keys.length : -1}
              style=${{ top: `${index * rowHeight}px` }}
              onClick=${() => select(index)}
            >${keyText(key)}</div>
          `;
        })}
      </div>
      ${found.keys.length > 0 || found.state === 'loading' ? '' : html`<p class="empty" role="option" aria-selected="false">${prefix === '' ? 'No keys yet.' : `No key begins with “${prefix}”.`}</p>`}
    </div>
  `;
}
