import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { call } from '../../../../inspector/page/api.ts';
import { Dialog } from '../../../../inspector/page/dialog.ts';
import { keyText, reasonText } from '../../../../inspector/page/format.ts';
import { go, hashOf } from '../../../../inspector/page/hash-route.ts';
import { html } from '../../../../inspector/page/html.ts';
import { useLoaded } from '../../../../inspector/page/use-loaded.ts';

/** How many names are shown; a prefix finds the others. */
const mostShown = 1000;

interface ListProps {
  readonly container: string;
  readonly selected: string | undefined;
  /** Changes when there may be other objects. */
  readonly version: string;
  changed(): void;
}

/** The objects of a container. */
export function ObjectList({ container, selected, version, changed }: ListProps): VNode {
  const [prefix, setPrefix] = useState('');
  const [problem, setProblem] = useState('');
  const [isAsking, setAsking] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const { value: found, problem: unread } = useLoaded(
    () => firstNames(container, prefix),
    [container, prefix, version],
  );
  const add = async (): Promise<void> => {
    const picked = file.current?.files?.[0];
    if (picked === undefined) return;
    try {
      await call('PUT', 'object', { container, object: prefix + picked.name }, { body: picked });
      setProblem('');
      changed();
      go(hashOf('blobs', { container, object: prefix + picked.name }));
    } catch (error) {
      setProblem(reasonText(error));
    }
  };
  const remove = async (): Promise<void> => {
    await call('DELETE', 'containers', { container });
    changed();
    go(hashOf('blobs'));
  };
  const names = found?.names ?? [];
  return html`
    <section class="keys objects" aria-label="Objects of ${container}">
      <div class="bucket-header">
        <h1>${keyText(container)}</h1>
        <div class="buttons">
          <button class="primary" onClick=${() => file.current?.click()}>Add a file</button>
          <button class="danger" onClick=${() => setAsking(true)}>Delete</button>
          <input ref=${file} type="file" hidden onChange=${() => void add()} aria-label="File to add" />
        </div>
      </div>
      <div class="search">
        <label for="object-prefix" class="hidden">Search by prefix</label>
        <input
          id="object-prefix"
          type="search"
          class="mono"
          placeholder="Search by prefix"
          autocomplete="off"
          spellcheck=${false}
          value=${prefix}
          onInput=${(event: InputEvent) => setPrefix((event.target as HTMLInputElement).value)}
        />
        <span class="total" role="status">${found === undefined ? '…' : `${names.length.toLocaleString('en')}${found.isAll ? '' : '+'} objects`}</span>
      </div>
      ${problem === '' ? '' : html`<p class="problem" role="alert">${problem}</p>`}
      ${unread === undefined ? '' : html`<p class="problem" role="alert">${unread}</p>`}
      ${
        found !== undefined && names.length === 0
          ? html`<p class="empty">${prefix === '' ? 'No objects yet.' : `No object begins with “${prefix}”.`}</p>`
          : html`
            <ul aria-label="Objects">
              ${names.map(
                (name) => html`
                  <li key=${name}>
                    <a class="mono" href=${hashOf('blobs', { container, object: name })} aria-current=${name === selected ? 'true' : undefined}>${keyText(name)}</a>
                  </li>
                `,
              )}
            </ul>
          `
      }
      ${
        isAsking
          ? html`
            <${Dialog} title="Delete the container?" action="Delete" isDangerous=${true} act=${remove} close=${() => setAsking(false)}>
              <p>The container <span class="mono">${keyText(container)}</span> goes with all its objects.</p>
            <//>
          `
          : ''
      }
    </section>
  `;
}

/** The first names, sorted; the rest is not read. */
async function firstNames(
  container: string,
  prefix: string,
): Promise<{ readonly names: readonly string[]; readonly isAll: boolean }> {
  const { body } = await call('GET', 'objects', { container, prefix });
  const names: string[] = [];
  if (body === null) return { names, isAll: true };
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value = '' } = await reader.read();
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) names.push(JSON.parse(line));
    if (done) return { names: names.sort(), isAll: true };
    if (names.length < mostShown) continue;
    await reader.cancel();
    return { names: names.slice(0, mostShown).sort(), isAll: false };
  }
}
