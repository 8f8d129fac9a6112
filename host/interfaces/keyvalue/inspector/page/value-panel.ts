import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { call } from '../../../../inspector/page/api.ts';
import { bytesText, keyText, reasonText, spanText } from '../../../../inspector/page/format.ts';
import { go, hashOf } from '../../../../inspector/page/hash-route.ts';
import { html } from '../../../../inspector/page/html.ts';
import { type Format, formatsOf, mostText, textOf } from '../../../../inspector/page/value-format.ts';
import { ValueView } from '../../../../inspector/page/value-view.ts';
import { KeyDialogs, type Question } from './key-dialogs.ts';

/** A value as it was read. */
interface Read {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly version: string;
  readonly written: number | undefined;
  readonly expires: number | undefined;
}

interface ValueProps {
  readonly bucket: string;
  readonly keyName: string;
  /** The last request that wrote to the bucket. */
  readonly lastWrite: number;
  changed(): void;
}

/** The value of a key: what it is, and what can be done with it. */
export function ValuePanel({ bucket, keyName: key, lastWrite, changed }: ValueProps): VNode {
  const [value, setValue] = useState<Read>();
  const [problem, setProblem] = useState('');
  const [message, setMessage] = useState('');
  const [draft, setDraft] = useState<string>();
  const [chosen, setChosen] = useState<Format>();
  const [question, setQuestion] = useState<Question>();
  const file = useRef<HTMLInputElement>(null);

  const load = async (): Promise<void> => {
    try {
      const response = await call('GET', 'value', { bucket, key });
      const time = (name: string): number | undefined =>
        Number(response.headers.get(name) ?? NaN) || undefined;
      setValue({
        bytes: new Uint8Array(await response.arrayBuffer()),
        version: response.headers.get('etag') ?? '',
        written: time('kvasi-written'),
        expires: time('kvasi-expires'),
      });
      setProblem('');
    } catch (error) {
      setValue(undefined);
      setProblem(reasonText(error));
    }
  };
  useEffect(() => {
    // What is being edited stays; saving it will say that the key was written meanwhile.
    if (draft === undefined) void load();
  }, [lastWrite]);

  const save = async (body: string | Blob): Promise<void> => {
    if (value === undefined) return;
    try {
      await call('PUT', 'value', { bucket, key }, { body, headers: { 'if-match': value.version } });
      setDraft(undefined);
      setProblem('');
      setMessage('Saved.');
      await load();
      changed();
    } catch (error) {
      setProblem(reasonText(error));
    }
  };
  const close = (): void => go(hashOf('buckets', { bucket }));
  const replaceByFile = (): void => {
    const picked = file.current?.files?.[0];
    if (picked !== undefined) void save(picked);
  };
  const isText = value !== undefined && value.bytes.length <= mostText && textOf(value.bytes) !== undefined;
  const formats = value === undefined ? [] : formatsOf(value.bytes.subarray(0, mostText));
  const format = chosen !== undefined && formats.includes(chosen) ? chosen : formats[0];
  return html`
    <section class="value" aria-label="Value of ${key}">
      <div class="value-header">
        <h2 class="mono">${keyText(key)}</h2>
        <button class="quiet icon" onClick=${close} aria-label="Close" title="Close">✕</button>
      </div>
      ${value === undefined ? '' : html`<${Facts} value=${value} />`}
      <div class="buttons">
        ${isText && draft === undefined ? html`<button class="primary" onClick=${() => setDraft(textOf(value.bytes))}>Edit</button>` : ''}
        ${
          draft === undefined
            ? ''
            : html`
              <button class="primary" onClick=${() => void save(draft)}>Save</button>
              <button onClick=${() => setDraft(undefined)}>Cancel</button>
            `
        }
        ${
          value === undefined || draft !== undefined
            ? ''
            : html`
              <button onClick=${() => file.current?.click()} title="by a file">Replace</button>
              <button onClick=${() => download(key, value.bytes)}>Download</button>
              <button onClick=${() => setQuestion('rename')}>Rename</button>
              <button class="danger" onClick=${() => setQuestion('delete')}>Delete</button>
            `
        }
        <a class="button" href=${hashOf('requests', { bucket, key })}>Requests</a>
        <input ref=${file} type="file" hidden onChange=${replaceByFile} aria-label="File with the new value" />
      </div>
      ${problem === '' ? '' : html`<p class="problem" role="alert">${problem}</p>`}
      <p class="hidden" role="status">${message}</p>
      ${
        draft === undefined
          ? ''
          : html`
            <textarea
              class="mono editor"
              aria-label="Value"
              spellcheck=${false}
              autofocus
              value=${draft}
              onInput=${(event: InputEvent) => setDraft((event.target as HTMLTextAreaElement).value)}
              onKeyDown=${(event: KeyboardEvent) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save(draft);
                if (event.key === 'Escape') setDraft(undefined);
              }}
            ></textarea>
            <p class="hint">Ctrl+Enter saves, Escape leaves it as it was.</p>
          `
      }
      ${value === undefined || draft !== undefined ? '' : html`<${ValueView} bytes=${value.bytes} formats=${formats} format=${format} choose=${setChosen} />`}
      <${KeyDialogs} question=${question} bucket=${bucket} keyName=${key} changed=${changed} close=${() => setQuestion(undefined)} />
    </section>
  `;
}

function Facts({ value: { bytes, written, expires } }: { readonly value: Read }): VNode {
  const now = Date.now();
  return html`
    <dl class="facts">
      <div><dt>size</dt><dd>${bytesText(bytes.length)}</dd></div>
      ${written === undefined ? '' : html`<div><dt>written</dt><dd title=${new Date(written).toLocaleString()}>${spanText(now - written)} ago</dd></div>`}
      ${expires === undefined ? '' : html`<div><dt>expires</dt><dd title=${new Date(expires).toLocaleString()}>in ${spanText(expires - now)}</dd></div>`}
    </dl>
  `;
}

function download(key: string, bytes: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([bytes]));
  const link = document.createElement('a');
  link.href = url;
  link.download = key.split('/').at(-1) || 'value';
  link.click();
  URL.revokeObjectURL(url);
}
