import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { call } from '../../../../inspector/page/api.ts';
import { keyText, reasonText } from '../../../../inspector/page/format.ts';
import { go, hashOf } from '../../../../inspector/page/hash-route.ts';
import { html } from '../../../../inspector/page/html.ts';
import type { ContainerList } from '../blob-schemas.ts';

interface NavProps {
  readonly list: ContainerList | undefined;
  readonly selected: string | undefined;
  changed(): void;
}

/** The containers that there are, and a way to make another one. */
export function ContainerNav({ list, selected, changed }: NavProps): VNode {
  const [problem, setProblem] = useState('');
  const create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const container = String(new FormData(form).get('container'));
    try {
      const headers = { 'content-type': 'application/json' };
      await call('POST', 'containers', {}, { body: JSON.stringify({ container }), headers });
      setProblem('');
      form.reset();
      changed();
      go(hashOf('blobs', { container }));
    } catch (error) {
      setProblem(reasonText(error));
    }
  };
  return html`
    <nav class="buckets" aria-label="Containers">
      <h2>Containers</h2>
      <ul>
        ${(list?.containers ?? []).map(
          ({ container }) => html`
            <li key=${container}>
              <a href=${hashOf('blobs', { container })} aria-current=${container === selected ? 'true' : undefined}>
                <span class="name">${keyText(container)}</span>
              </a>
            </li>
          `,
        )}
      </ul>
      <form class="open" onSubmit=${create}>
        <label for="new-container">Make another</label>
        <div class="row">
          <input id="new-container" name="container" placeholder="name" autocomplete="off" spellcheck=${false} />
          <button type="submit">Make</button>
        </div>
        ${problem === '' ? '' : html`<p class="problem" role="alert">${problem}</p>`}
        ${list === undefined ? '' : html`<p class="hint">Blobs are in ${list.place}.</p>`}
      </form>
    </nav>
  `;
}
