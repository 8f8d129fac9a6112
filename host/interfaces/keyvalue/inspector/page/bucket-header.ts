import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { call, urlOf } from '../../../../inspector/page/api.ts';
import { Dialog } from '../../../../inspector/page/dialog.ts';
import { bytesText, keyText, reasonText, spanText } from '../../../../inspector/page/format.ts';
import { go, hashOf } from '../../../../inspector/page/hash-route.ts';
import { html } from '../../../../inspector/page/html.ts';
import type { BucketInfo, Imported } from '../bucket-schemas.ts';

interface HeaderProps {
  readonly bucket: BucketInfo;
  changed(): void;
}

/** What a bucket is, and what can be done with all of it. */
export function BucketHeader({ bucket, changed }: HeaderProps): VNode {
  const [isAdding, setAdding] = useState(false);
  const [message, setMessage] = useState('');
  const file = useRef<HTMLInputElement>(null);
  const importFile = async (): Promise<void> => {
    const chosen = file.current?.files?.[0];
    if (chosen === undefined) return;
    setMessage(`importing ${chosen.name} …`);
    try {
      const response = await call('POST', 'import', { bucket: bucket.bucket }, { body: chosen });
      const { imported } = (await response.json()) as Imported;
      setMessage(`${imported.toLocaleString('en')} keys imported from ${chosen.name}`);
    } catch (error) {
      setMessage(`${chosen.name}: ${reasonText(error)}`);
    }
    if (file.current !== null) file.current.value = '';
    changed();
  };
  const add = async (form: FormData): Promise<void> => {
    const key = String(form.get('key'));
    const body = String(form.get('value'));
    await call('PUT', 'value', { bucket: bucket.bucket, key }, { body, headers: { 'if-none-match': '*' } });
    changed();
    go(hashOf('buckets', { bucket: bucket.bucket, key }));
  };
  return html`
    <div class="bucket-header">
      <h1>${keyText(bucket.bucket)}</h1>
      <p class="capabilities">${placeOf(bucket)}</p>
      ${
        bucket.served !== 'store'
          ? ''
          : html`
            <div class="buttons">
              <button class="primary" onClick=${() => setAdding(true)}>Add key</button>
              <button onClick=${() => file.current?.click()}>Import</button>
              <a class="button" href=${urlOf('export', { bucket: bucket.bucket })} download="${bucket.bucket || 'bucket'}.jsonl">Export</a>
              <input ref=${file} type="file" hidden accept=".jsonl,.ndjson,.json,.txt" onChange=${importFile} aria-label="JSON Lines file to import" />
            </div>
          `
      }
      <p class="message" role="status">${message}</p>
    </div>
    ${
      isAdding
        ? html`
          <${Dialog} title="Add a key to ${keyText(bucket.bucket)}" action="Add" act=${add} close=${() => setAdding(false)}>
            <label>Key <input name="key" class="mono" autocomplete="off" spellcheck=${false} autofocus /></label>
            <label>Value <textarea name="value" class="mono" rows="6" spellcheck=${false}></textarea></label>
          <//>
        `
        : ''
    }
  `;
}

/** Place and capabilities in a line. */
function placeOf({ served, place, ttl, capabilities }: BucketInfo): string {
  if (served === 'deny') return 'Denied by the configuration: open answers access-denied.';
  if (served === 'no-such-store') return 'Not there by the configuration: open answers no-such-store.';
  if (capabilities === undefined) return place ?? '';
  return [
    place,
    capabilities.durable ? 'kept when kvasi ends' : 'gone when kvasi ends',
    capabilities.shared ? 'shared between hosts' : 'this host only',
    capabilities.listing === 'ordered' ? 'keys in order' : 'keys in no order',
    `values up to ${bytesText(capabilities.largestValue)}`,
    ...(ttl === undefined ? [] : [`keys live ${spanText(ttl)}`]),
  ].join(' · ');
}
