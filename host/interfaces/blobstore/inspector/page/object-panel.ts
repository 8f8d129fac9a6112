import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { call, read, urlOf } from '../../../../inspector/page/api.ts';
import { Dialog } from '../../../../inspector/page/dialog.ts';
import { bytesText, keyText, reasonText, spanText } from '../../../../inspector/page/format.ts';
import { go, hashOf } from '../../../../inspector/page/hash-route.ts';
import { html } from '../../../../inspector/page/html.ts';
import { useLoaded } from '../../../../inspector/page/use-loaded.ts';
import { type Format, formatsOf, mostText } from '../../../../inspector/page/value-format.ts';
import { ValueView } from '../../../../inspector/page/value-view.ts';
import type { ObjectInfo } from '../blob-schemas.ts';

interface PanelProps {
  readonly container: string;
  readonly object: string;
  /** Changes when the object may have changed. */
  readonly version: string;
  changed(): void;
}

/** An object: the beginning of what is in it, and what can be done with it. */
export function ObjectPanel({ container, object, version, changed }: PanelProps): VNode {
  const [problem, setProblem] = useState('');
  const [chosen, setChosen] = useState<Format>();
  const [isAsking, setAsking] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const { value, problem: unread } = useLoaded(async () => {
    const info = await read<ObjectInfo>('object-info', { container, object });
    const response = await call('GET', 'object', { container, object, most: String(mostText) });
    return { info, bytes: new Uint8Array(await response.arrayBuffer()) };
  }, [container, object, version]);
  const replace = async (): Promise<void> => {
    const picked = file.current?.files?.[0];
    if (picked === undefined) return;
    try {
      await call('PUT', 'object', { container, object }, { body: picked });
      setProblem('');
      changed();
    } catch (error) {
      setProblem(reasonText(error));
    }
  };
  const remove = async (): Promise<void> => {
    await call('DELETE', 'object', { container, object });
    changed();
    go(hashOf('blobs', { container }));
  };
  const isWhole = value !== undefined && value.info.size <= mostText;
  const formats =
    value === undefined ? [] : formatsOf(value.bytes).filter((one) => one !== 'image' || isWhole);
  const format = chosen !== undefined && formats.includes(chosen) ? chosen : formats[0];
  return html`
    <section class="value" aria-label="Object ${object}">
      <div class="value-header">
        <h2 class="mono">${keyText(object)}</h2>
        <button class="quiet icon" onClick=${() => go(hashOf('blobs', { container }))} aria-label="Close" title="Close">✕</button>
      </div>
      ${value === undefined ? '' : html`<${Facts} info=${value.info} />`}
      <div class="buttons">
        ${
          value === undefined
            ? ''
            : html`
              <a class="button" href=${urlOf('object', { container, object })} download=${object.split('/').at(-1) || 'object'}>Download</a>
              <button onClick=${() => file.current?.click()} title="by a file">Replace</button>
              <button class="danger" onClick=${() => setAsking(true)}>Delete</button>
            `
        }
        <input ref=${file} type="file" hidden onChange=${() => void replace()} aria-label="File with the new bytes" />
      </div>
      ${problem === '' ? '' : html`<p class="problem" role="alert">${problem}</p>`}
      ${unread === undefined ? '' : html`<p class="problem" role="alert">${unread}</p>`}
      ${value === undefined || isWhole ? '' : html`<p class="hint">This is the beginning, ${bytesText(mostText)} of ${bytesText(value.info.size)}.</p>`}
      ${value === undefined ? '' : html`<${ValueView} bytes=${value.bytes} formats=${formats} format=${format} choose=${setChosen} />`}
      ${
        isAsking
          ? html`
            <${Dialog} title="Delete the object?" action="Delete" isDangerous=${true} act=${remove} close=${() => setAsking(false)}>
              <p>The object <span class="mono">${keyText(object)}</span> goes.</p>
            <//>
          `
          : ''
      }
    </section>
  `;
}

function Facts({ info: { size, created } }: { readonly info: ObjectInfo }): VNode {
  return html`
    <dl class="facts">
      <div><dt>size</dt><dd>${bytesText(size)}</dd></div>
      <div><dt>written</dt><dd title=${new Date(created).toLocaleString()}>${spanText(Date.now() - created)} ago</dd></div>
    </dl>
  `;
}
