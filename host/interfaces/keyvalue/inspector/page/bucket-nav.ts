import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { read } from '../../../../inspector/page/api.ts';
import { keyText } from '../../../../inspector/page/format.ts';
import { go, hashOf } from '../../../../inspector/page/hash-route.ts';
import { html } from '../../../../inspector/page/html.ts';
import { useLoaded } from '../../../../inspector/page/use-loaded.ts';
import type { BucketInfo, KeyCount } from '../bucket-schemas.ts';

interface NavProps {
  readonly buckets: readonly BucketInfo[];
  /** What every other identifier gets. */
  readonly others: string | undefined;
  readonly selected: string | undefined;
  readonly version: number;
  /** Changes when a request has written somewhere. */
  readonly writes: number;
}

/** The buckets that are known, and a way to any other. */
export function BucketNav({ buckets, others, selected, version, writes }: NavProps): VNode {
  const isKnown = selected === undefined || buckets.some(({ bucket }) => bucket === selected);
  const open = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    go(hashOf('buckets', { bucket: String(new FormData(form).get('bucket')) }));
    form.reset();
  };
  return html`
    <nav class="buckets" aria-label="Buckets">
      <h2>Buckets</h2>
      <ul>
        ${buckets.map(
          (bucket) => html`
            <li key=${bucket.bucket}>
              <a href=${hashOf('buckets', { bucket: bucket.bucket })} aria-current=${bucket.bucket === selected ? 'true' : undefined}>
                <span class="name">${keyText(bucket.bucket)}</span>
                <${Count} bucket=${bucket} version=${`${version} ${writes}`} />
                <span class="backend">${bucket.backend ?? bucket.served}</span>
              </a>
            </li>
          `,
        )}
        ${isKnown ? '' : html`<li><a href=${location.hash} aria-current="true"><span class="name">${keyText(selected)}</span></a></li>`}
      </ul>
      <form class="open" onSubmit=${open}>
        <label for="open-bucket">Open another</label>
        <div class="row">
          <input id="open-bucket" name="bucket" placeholder="identifier" autocomplete="off" spellcheck=${false} />
          <button type="submit">Open</button>
        </div>
        ${others === undefined ? '' : html`<p class="hint">Every other identifier gets ${others}.</p>`}
      </form>
    </nav>
  `;
}

function Count({ bucket, version }: { readonly bucket: BucketInfo; readonly version: string }): VNode {
  const [shown] = useState(bucket.served === 'store');
  const { value, problem } = useLoaded(
    async () => (shown ? await read<KeyCount>('count', { bucket: bucket.bucket }) : undefined),
    [bucket.bucket, version],
  );
  if (problem !== undefined) return html`<span class="count problem" title=${problem}>away</span>`;
  if (value === undefined) return html`<span class="count"></span>`;
  const text = `${value.count.toLocaleString('en')}${value.exact ? '' : '+'}`;
  return html`<span class="count" aria-label="${text} keys">${text}</span>`;
}
