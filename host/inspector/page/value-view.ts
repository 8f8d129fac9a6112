import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { jsonText } from './format.ts';
import { html } from './html.ts';
import { type Format, hexText, imageType, mostText } from './value-format.ts';

interface ViewProps {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly formats: readonly Format[];
  readonly format: Format | undefined;
  choose(format: Format): void;
}

/** Beyond this many characters JSON is shown without colors. */
const mostColored = 100_000;
const names: Readonly<Record<Format, string>> = { text: 'Text', json: 'JSON', hex: 'Hex', image: 'Image' };

/** A value in one of the formats that fit it. */
export function ValueView({ bytes, formats, format, choose }: ViewProps): VNode {
  return html`
    <div class="formats" role="group" aria-label="Shown as">
      ${formats.map(
        (name) => html`
          <button key=${name} class="quiet" aria-pressed=${name === format} onClick=${() => choose(name)}>${names[name]}</button>
        `,
      )}
    </div>
    ${format === 'image' ? html`<${ImageView} bytes=${bytes} />` : html`<pre class="mono shown" tabindex="0" aria-label="Value as ${names[format ?? 'hex']}">${format === 'json' ? colored(textIn(bytes, format)) : textIn(bytes, format)}</pre>`}
  `;
}

function textIn(bytes: Uint8Array, format: Format | undefined): string {
  if (format === 'hex' || format === undefined) return hexText(bytes);
  const text = new TextDecoder().decode(bytes.subarray(0, mostText));
  const shown = format === 'json' ? (jsonText(text) ?? text) : text;
  return bytes.length > mostText ? `${shown}\n… and more; download it to see all` : shown;
}

/** Names, texts, numbers and words of JSON, each in its color. */
function colored(json: string): (VNode | string)[] {
  if (json.length > mostColored) return [json];
  return json.split(/("(?:[^"\\]|\\.)*"(?::)?|-?\d[\d.eE+-]*|true|false|null)/g).map((part, index) => {
    if (index % 2 === 0) return part;
    const kind = part.endsWith('":') ? 'name' : part.startsWith('"') ? 'text' : 'number';
    return html`<span class="json-${kind}">${part}</span>`;
  });
}

function ImageView({ bytes }: { readonly bytes: Uint8Array<ArrayBuffer> }): VNode {
  const [url, setUrl] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type: imageType(bytes) ?? '' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);
  return html`<div class="shown image">${url === '' ? '' : html`<img src=${url} alt="The value as an image" />`}</div>`;
}
