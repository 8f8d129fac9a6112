import type { VNode } from 'preact';
import { call } from '../../../../inspector/page/api.ts';
import { Dialog } from '../../../../inspector/page/dialog.ts';
import { keyText } from '../../../../inspector/page/format.ts';
import { go, hashOf } from '../../../../inspector/page/hash-route.ts';
import { html } from '../../../../inspector/page/html.ts';

export type Question = 'rename' | 'delete';

interface DialogProps {
  readonly question: Question | undefined;
  readonly bucket: string;
  readonly keyName: string;
  changed(): void;
  close(): void;
}

/** The questions before a key gets another name, or is gone. */
export function KeyDialogs({
  question,
  bucket,
  keyName: key,
  changed,
  close,
}: DialogProps): VNode | undefined {
  const rename = async (form: FormData): Promise<void> => {
    const to = String(form.get('to'));
    const headers = { 'content-type': 'application/json' };
    await call('POST', 'rename', {}, { body: JSON.stringify({ bucket, from: key, to }), headers });
    changed();
    go(hashOf('buckets', { bucket, key: to }), 'replace');
  };
  const remove = async (): Promise<void> => {
    await call('DELETE', 'value', { bucket, key });
    changed();
    go(hashOf('buckets', { bucket }), 'replace');
  };
  if (question === 'rename') {
    return html`
      <${Dialog} title="Rename ${keyText(key)}" action="Rename" act=${rename} close=${close}>
        <label>New key <input name="to" class="mono" defaultValue=${key} autocomplete="off" spellcheck=${false} autofocus /></label>
      <//>
    `;
  }
  if (question === 'delete') {
    return html`
      <${Dialog} title="Delete ${keyText(key)}?" action="Delete" isDangerous act=${remove} close=${close}>
        <p>The key and its value are gone from ${keyText(bucket)} for good.</p>
      <//>
    `;
  }
  return undefined;
}
